import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { useBilingual } from '../../design/bilingual';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField, MoneyField } from '../../design/fields';
import type { Money } from '../../design/formats';
import { RelationshipManagerSelect } from '../../design/selects';
import { type Opportunity, type Pipeline, refreshLeads } from './leads';
import { MoveDialog } from './MoveDialog';

export type OpportunityAct = 'move' | 'win' | 'lose' | 'reassign';

interface Props {
  opportunity: Opportunity | undefined;
  pipeline: Pipeline;
  act: OpportunityAct | undefined;
  /** To which stage it is to be moved. */
  stageCode?: string;
  onClose: () => void;
}

interface DialogProps {
  opportunity: Opportunity;
  pipeline: Pipeline;
  open: boolean;
  onClose: () => void;
}

/** What can be done with an opportunity and asks for something: one dialog at a time. */
export function OpportunityDialogs({ opportunity, pipeline, act, stageCode, onClose }: Props) {
  if (!opportunity) return null;
  const dialog = (name: OpportunityAct) => ({ opportunity, pipeline, open: act === name, onClose });
  const stage = pipeline.stages.find((each) => each.stageCode === stageCode);
  return (
    <>
      {stage && <MoveDialog {...dialog('move')} stage={stage} />}
      <WinDialog {...dialog('win')} />
      <LoseDialog {...dialog('lose')} />
      <ReassignDialog {...dialog('reassign')} />
    </>
  );
}

function useReasons(reasons: Pipeline['winReasons']) {
  const bilingual = useBilingual();
  return reasons.map(({ reasonCode, displayName }) => ({ value: reasonCode, label: bilingual(displayName) }));
}

interface Won {
  amount?: Money;
  reasonCode: string;
  closeDate?: string;
}

function WinDialog({ opportunity, pipeline, open, onClose }: DialogProps) {
  const { t } = useTranslation('leads');
  const reasons = useReasons(pipeline.winReasons);
  const submit = async ({ amount, reasonCode, closeDate = '' }: Won) => {
    await client.POST('/v1/opportunities/{opportunityId}:win', {
      params: { path: { opportunityId: opportunity.opportunityId } },
      body: { reasonCode, closeDate, etag: opportunity.etag, ...(amount ? { amount } : {}) },
    });
    await refreshLeads();
  };
  return (
    <FormDialog<Won>
      title={t('act.win')}
      open={open}
      onClose={onClose}
      submit={submit}
      submitWords={t('act.win')}
      draftKey={`opportunity-win:${opportunity.opportunityId}`}
      {...(opportunity.expectedAmount ? { initialValues: { amount: opportunity.expectedAmount } } : {})}
    >
      <Required name="amount" label={t('wonAmount')}>
        <MoneyField />
      </Required>
      <Required name="reasonCode" label={t('wonReason')}>
        <Select options={reasons} />
      </Required>
      <Form.Item name="closeDate" label={t('closedOn')} extra={t('todayWhereEmpty')}>
        <DateField min={opportunity.openDate} />
      </Form.Item>
    </FormDialog>
  );
}

interface Lost {
  reasonCode: string;
  wonBy?: string;
  closeDate?: string;
}

function LoseDialog({ opportunity, pipeline, open, onClose }: DialogProps) {
  const { t } = useTranslation('leads');
  const reasons = useReasons(pipeline.lossReasons);
  const submit = async ({ reasonCode, wonBy = '', closeDate = '' }: Lost) => {
    await client.POST('/v1/opportunities/{opportunityId}:lose', {
      params: { path: { opportunityId: opportunity.opportunityId } },
      body: { reasonCode, wonBy, closeDate, etag: opportunity.etag },
    });
    await refreshLeads();
  };
  return (
    <FormDialog<Lost>
      title={t('act.lose')}
      open={open}
      onClose={onClose}
      submit={submit}
      submitWords={t('act.lose')}
      danger
      draftKey={`opportunity-lose:${opportunity.opportunityId}`}
    >
      <Required name="reasonCode" label={t('lostReason')}>
        <Select options={reasons} />
      </Required>
      <Form.Item name="wonBy" label={t('lostTo')}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="closeDate" label={t('closedOn')} extra={t('todayWhereEmpty')}>
        <DateField min={opportunity.openDate} />
      </Form.Item>
    </FormDialog>
  );
}

function ReassignDialog({ opportunity, open, onClose }: DialogProps) {
  const { t } = useTranslation('leads');
  const submit = async ({ personId }: { personId: string }) => {
    await client.POST('/v1/opportunities/{opportunityId}:reassign', {
      params: { path: { opportunityId: opportunity.opportunityId } },
      body: { personId, etag: opportunity.etag },
    });
    await refreshLeads();
  };
  return (
    <FormDialog title={t('act.reassign')} open={open} onClose={onClose} submit={submit} submitWords={t('act.reassign')}>
      <Required name="personId" label={t('owner')}>
        <RelationshipManagerSelect />
      </Required>
    </FormDialog>
  );
}
