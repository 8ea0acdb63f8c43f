import { Form, Input, InputNumber, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useBilingual } from '../../design/bilingual';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField } from '../../design/fields';
import { useNamedChoices } from '../../design/Named';
import { UnitSelect } from '../../design/selects';
import { refreshSurveys, useTemplates } from './surveys';

const SAMPLINGS = ['SURVEY_SAMPLING_RANDOM', 'SURVEY_SAMPLING_PERIODIC', 'SURVEY_SAMPLING_AFTER_EVENT'] as const;
const OCCASIONS = ['SURVEY_OCCASION_CONTACT_DONE', 'SURVEY_OCCASION_FEEDBACK_CLOSED', 'SURVEY_OCCASION_OPPORTUNITY_WON'] as const;

interface Values {
  displayName: string;
  surveyTemplateId: string;
  sampling: (typeof SAMPLINGS)[number];
  occasion?: (typeof OCCASIONS)[number];
  eventPercent?: number;
  sampleSize?: number;
  periodDays?: number;
  coolingOffDays: number;
  answerDays: number;
  organisationPath?: string;
  endDate?: string;
}

/** What a survey's rule has, and nothing that another rule would. */
function surveyOf({ eventPercent, occasion, sampleSize, periodDays, ...values }: Values) {
  if (values.sampling === 'SURVEY_SAMPLING_AFTER_EVENT') {
    return { ...values, ...(occasion ? { occasion } : {}), eventBasisPoints: Math.round((eventPercent ?? 100) * 100) };
  }
  const drawn = { ...values, sampleSize: sampleSize ?? 0 };
  return values.sampling === 'SURVEY_SAMPLING_PERIODIC' ? { ...drawn, periodDays: periodDays ?? 0 } : drawn;
}

/** Begins to ask customers by a rule. */
export function NewSurvey({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('surveys');
  const { scopePath } = useAccess();
  const bilingual = useBilingual();
  const choices = useNamedChoices();
  const templates = (useTemplates().data ?? []).filter(({ version, retired }) => version > 0 && !retired);
  const submit = async (values: Values) => {
    await client.POST('/v1/surveys', { body: surveyOf(values) });
    await refreshSurveys();
  };
  return (
    <FormDialog<Values>
      title={t('newSurvey')}
      open={open}
      onClose={onClose}
      submit={submit}
      submitWords={t('begin')}
      draftKey="survey-new"
      initialValues={{ sampling: 'SURVEY_SAMPLING_RANDOM', sampleSize: 50, coolingOffDays: 90, answerDays: 14 }}
    >
      <Required name="displayName" label={t('surveyName')}>
        <Input maxLength={100} />
      </Required>
      <Required name="surveyTemplateId" label={t('template')}>
        <Select
          options={templates.map(({ surveyTemplateId, displayName }) => ({
            value: surveyTemplateId,
            label: bilingual(displayName),
          }))}
        />
      </Required>
      <Required name="sampling" label={t('sampling')}>
        <Radio.Group optionType="button" options={choices(SAMPLINGS)} />
      </Required>
      <Form.Item noStyle dependencies={['sampling']}>
        {({ getFieldValue }) => <RuleFields sampling={getFieldValue('sampling')} />}
      </Form.Item>
      <Required name="coolingOffDays" label={t('coolingOff')}>
        <InputNumber min={1} max={3650} suffix={t('days')} />
      </Required>
      <Required name="answerDays" label={t('answerDays')}>
        <InputNumber min={1} max={365} suffix={t('days')} />
      </Required>
      <Form.Item name="organisationPath" label={t('workbench:field.unit')} extra={t('unitHint')}>
        <UnitSelect below={scopePath} allowClear />
      </Form.Item>
      <Form.Item name="endDate" label={t('lastDay')}>
        <DateField />
      </Form.Item>
    </FormDialog>
  );
}

function RuleFields({ sampling }: { sampling: Values['sampling'] }) {
  const { t } = useTranslation('surveys');
  const choices = useNamedChoices();
  if (sampling === 'SURVEY_SAMPLING_AFTER_EVENT') {
    return (
      <>
        <Required name="occasion" label={t('occasion')}>
          <Select options={choices(OCCASIONS)} />
        </Required>
        <Form.Item name="eventPercent" label={t('eventShare')} extra={t('eventShareHint')}>
          <InputNumber min={0.01} max={100} suffix="%" />
        </Form.Item>
      </>
    );
  }
  return (
    <>
      <Required name="sampleSize" label={t('sampleSize')}>
        <InputNumber min={1} max={100_000} suffix={t('people')} />
      </Required>
      {sampling === 'SURVEY_SAMPLING_PERIODIC' && (
        <Required name="periodDays" label={t('periodDays')}>
          <InputNumber min={1} max={365} suffix={t('days')} />
        </Required>
      )}
    </>
  );
}
