import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import type { Claim } from './claims';

/** Who is to have how much of it. */
export function PartsWords({ claim }: { claim: Pick<Claim, 'parts' | 'kind'> }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const parts = claim.parts.map((part) => {
    const name = part.personName || t('deals.somebody');
    const fixed = part.fixedAmount ? ` ${formats.moneyShort(part.fixedAmount)} +` : '';
    const band =
      claim.kind === 'CLAIM_KIND_AMOUNT_BAND'
        ? ` [${formats.moneyShort(part.fromAmount)} – ${part.toAmount ? formats.moneyShort(part.toAmount) : '∞'}]`
        : '';
    return `${name}${fixed} ${formats.basisPoints(part.basisPoints)}${band}`;
  });
  return <>{parts.join(' · ')}</>;
}
