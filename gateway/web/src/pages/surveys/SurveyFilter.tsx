import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useBilingual } from '../../design/bilingual';
import { useSurveys } from './surveys';

/** One survey, or all of them; nothing to choose where there is but one. */
export function SurveyFilter({ value, onChange }: { value: string; onChange: (surveyId: string) => void }) {
  const { t } = useTranslation('surveys');
  const bilingual = useBilingual();
  const surveys = useSurveys().data ?? [];
  if (surveys.length < 2) return null;
  return (
    <Select
      aria-label={t('survey')}
      className="filter-field"
      value={value}
      onChange={onChange}
      popupMatchSelectWidth={false}
      options={[
        { value: '', label: t('allSurveys') },
        ...surveys.map(({ surveyId, displayName }) => ({ value: surveyId, label: bilingual(displayName) })),
      ]}
    />
  );
}
