import { Refusal } from '@rm-workbench/client';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** Says an error in the person's language: what went wrong, and what to do. */
export function useRefusalWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation(['workbench', 'reasons']);
  return useCallback(
    (error) => {
      if (!(error instanceof Refusal)) return t('failure.network');
      if (error.violations.length && i18n.language !== 'zh') {
        return error.violations.map((violation) => `${violation.field}: ${violation.description}`).join('; ');
      }
      const known = t(`reasons:${error.reason}`, { ...error.metadata, defaultValue: '' });
      return known || (i18n.language === 'zh' ? t('failure.refused', { detail: error.message }) : error.message);
    },
    [t, i18n.language],
  );
}
