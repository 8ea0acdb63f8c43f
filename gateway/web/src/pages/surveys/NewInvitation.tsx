import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../../api/client';
import { useBilingual } from '../../design/bilingual';
import { FormDialog, Required } from '../../design/FormDialog';
import { CustomerSelect } from '../../design/selects';
import { refreshSurveys, useSurveys } from './surveys';

interface Values {
  surveyId: string;
  customerId: string;
}

/** Asks one customer by hand. */
export function NewInvitation({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('surveys');
  const bilingual = useBilingual();
  const navigate = useNavigate();
  const surveys = (useSurveys().data ?? []).filter(({ ended }) => !ended);
  const [first] = surveys;
  const submit = async (body: Values) => {
    const { data } = await client.POST('/v1/surveyInvitations', { body });
    await refreshSurveys();
    if (data) navigate(`/work/surveys/invitations/${data.surveyInvitationId}`);
  };
  return (
    <FormDialog<Values>
      title={t('newInvitation')}
      open={open}
      onClose={onClose}
      submit={submit}
      submitWords={t('invite')}
      draftKey="survey-invitation-new"
      {...(first ? { initialValues: { surveyId: first.surveyId } } : {})}
    >
      <Required name="customerId" label={t('workbench:field.customer')}>
        <CustomerSelect />
      </Required>
      <Required name="surveyId" label={t('survey')}>
        <Select options={surveys.map(({ surveyId, displayName }) => ({ value: surveyId, label: bilingual(displayName) }))} />
      </Required>
    </FormDialog>
  );
}
