// What services say of runs by short names, in the reader's words.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { useProductName } from '../../../design/products';
import { accountWords } from '../results/accounts';

/** Why a run was made: `feeds/core.balances/2026-11-25/2`, `shares/ACCOUNT/…`, `products/demand_deposit`, `asked`. */
export function useReasonWords(): (reason: string) => string {
  const { t } = useTranslation(['months', 'administration']);
  const formats = useFormats();
  const productName = useProductName();
  const named = useNamed();
  return useCallback(
    (reason) => {
      const [kind = '', what = '', day = '', revision = ''] = reason.split('/');
      if (kind === 'feeds') {
        const feed = t(`administration:datasetNames.${what.split('.').at(-1) ?? ''}`, { defaultValue: what });
        return t('reason.feeds', { feed, date: formats.date(day), revision });
      }
      if (kind === 'products') return t('reason.products', { product: productName(what) });
      // Of what the shares are is told to whoever has the whole bank in scope.
      if (kind === 'shares' && what) return t('reason.sharesOf', { object: named(`OBJECT_KIND_${what}`) });
      return t(`reason.${kind}`, { defaultValue: reason || t('reason.unknown') });
    },
    [t, formats, productName, named],
  );
}

/** What a measure of a total or a difference is called: `ftp_profit`. */
export function useMeasureName(): (measure: string) => string {
  const named = useNamed();
  return useCallback((measure) => named(`FIGURE_MEASURE_${measure.toUpperCase()}`), [named]);
}

/** What an issue is of: an account by its number, kind and currency, or a feed by what it brings. */
export function useSubjectWords(): (subject: string) => string {
  const { t } = useTranslation(['performance', 'administration']);
  return useCallback(
    (subject) => {
      if (!subject.includes('/')) {
        return t(`administration:datasetNames.${subject.split('.').at(-1) ?? ''}`, { defaultValue: subject });
      }
      const { number, kind, currencyCode } = accountWords(subject, t);
      return [number, kind, currencyCode].filter(Boolean).join(' · ');
    },
    [t],
  );
}
