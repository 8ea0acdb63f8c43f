import { Refusal } from '@rm-workbench/client';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * Says an error in the person's language: what went wrong, and what to do.
 *
 * Services say it in English; the Chinese stands in `words/zh/reasons.json`, by reason, and may name what the refusal tells of it.
 */
export function useRefusalWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation('workbench');
  // They come when something may have to be said, and nothing waits for them.
  useTranslation('reasons', { useSuspense: false });
  return useCallback(
    (error) => {
      if (!(error instanceof Refusal)) return t('failure.network');
      if (error.violations.length && i18n.language !== 'zh') {
        return error.violations.map((violation) => `${violation.field}: ${violation.description}`).join('; ');
      }
      if (i18n.language !== 'zh') return error.message;
      const known = t(`reasons:${error.reason}`, { defaultValue: '', replace: error.metadata });
      return known || t('failure.refused', { detail: error.message });
    },
    [t, i18n.language],
  );
}
