import { useTranslation } from 'react-i18next';

/** The wizard's steps. */
export function useImportSteps(): { title: string }[] {
  const { t } = useTranslation('customers');
  return [t('imports.step.file'), t('imports.step.columns'), t('imports.step.preview'), t('imports.step.done')].map((title) => ({
    title,
  }));
}
