import { Form, Input, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../../api/client';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField, MoneyField } from '../../design/fields';
import { useNamedChoices } from '../../design/Named';
import { ProductSelect } from '../../design/productSelects';
import { RelationshipManagerSelect } from '../../design/selects';
import { AcceptDuplicate, useDuplicate } from './duplicates';
import { type Lead, type Opportunity, refreshLeads } from './leads';

export type LeadAct = 'qualify' | 'convert' | 'disqualify' | 'assign';

interface DialogProps {
  lead: Lead;
  open: boolean;
  onClose: () => void;
}

/** What can be done with a lead and asks for something: one dialog at a time. */
export function LeadDialogs({ lead, act, onClose }: { lead: Lead | undefined; act: LeadAct | undefined; onClose: () => void }) {
  if (!lead) return null;
  const dialog = (name: LeadAct) => ({ lead, open: act === name, onClose });
  return (
    <>
      <QualifyDialog {...dialog('qualify')} />
      <ConvertDialog {...dialog('convert')} />
      <DisqualifyDialog {...dialog('disqualify')} />
      <AssignDialog {...dialog('assign')} />
    </>
  );
}

const GRADES = ['LEAD_GRADE_HOT', 'LEAD_GRADE_WARM', 'LEAD_GRADE_COLD'] as const;
const REASONS = [
  'DISQUALIFY_REASON_NO_NEED',
  'DISQUALIFY_REASON_NOT_ELIGIBLE',
  'DISQUALIFY_REASON_NOT_REACHED',
  'DISQUALIFY_REASON_COMPETITOR',
  'DISQUALIFY_REASON_OPTED_OUT',
  'DISQUALIFY_REASON_OTHER',
] as const;

function QualifyDialog({ lead, open, onClose }: DialogProps) {
  const { t } = useTranslation('leads');
  const choices = useNamedChoices();
  const submit = async (values: { grade: (typeof GRADES)[number]; note?: string }) => {
    await client.POST('/v1/leads/{leadId}:qualify', {
      params: { path: { leadId: lead.leadId } },
      body: { grade: values.grade, note: values.note ?? '', etag: lead.etag },
    });
    await refreshLeads();
  };
  return (
    <FormDialog
      title={t('act.qualify')}
      open={open}
      onClose={onClose}
      submit={submit}
      draftKey={`lead-qualify:${lead.leadId}`}
      submitWords={t('act.qualify')}
    >
      <Required name="grade" label={t('grade')}>
        <Radio.Group optionType="button" options={choices(GRADES)} />
      </Required>
      <Form.Item name="note" label={t('noteAdded')}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
    </FormDialog>
  );
}

function DisqualifyDialog({ lead, open, onClose }: DialogProps) {
  const { t } = useTranslation('leads');
  const choices = useNamedChoices();
  const submit = async (values: { reason: (typeof REASONS)[number]; note?: string }) => {
    await client.POST('/v1/leads/{leadId}:disqualify', {
      params: { path: { leadId: lead.leadId } },
      body: { reason: values.reason, note: values.note ?? '', etag: lead.etag },
    });
    await refreshLeads();
  };
  return (
    <FormDialog
      title={t('act.disqualify')}
      open={open}
      onClose={onClose}
      submit={submit}
      danger
      draftKey={`lead-disqualify:${lead.leadId}`}
      submitWords={t('act.disqualify')}
    >
      <Required name="reason" label={t('reason')}>
        <Select options={choices(REASONS)} />
      </Required>
      <Form.Item name="note" label={t('noteAdded')}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
    </FormDialog>
  );
}

interface Assigned {
  how: 'person' | 'rules' | 'release';
  personId?: string;
}

function AssignDialog({ lead, open, onClose }: DialogProps) {
  const { t } = useTranslation('leads');
  const submit = async ({ how, personId }: Assigned) => {
    await client.POST('/v1/leads/{leadId}:assign', {
      params: { path: { leadId: lead.leadId } },
      body: { personId: how === 'person' ? (personId ?? '') : '', release: how === 'release', etag: lead.etag },
    });
    await refreshLeads();
  };
  return (
    <FormDialog<Assigned>
      title={t('act.assign')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={{ how: 'person' }}
      submitWords={t('act.assign')}
    >
      <Form.Item name="how" label={t('assignHow')}>
        <Radio.Group
          options={(['person', 'rules', 'release'] as const).map((how) => ({ value: how, label: t(`assignBy.${how}`) }))}
        />
      </Form.Item>
      <Form.Item noStyle dependencies={['how']}>
        {({ getFieldValue }) =>
          getFieldValue('how') === 'person' && (
            <Required name="personId" label={t('owner')}>
              <RelationshipManagerSelect />
            </Required>
          )
        }
      </Form.Item>
    </FormDialog>
  );
}

type Converted = Pick<Opportunity, 'title' | 'productCodes' | 'expectedAmount' | 'expectedCloseDate'> & {
  acceptDuplicate?: boolean;
};

function ConvertDialog({ lead, open, onClose }: DialogProps) {
  const { t } = useTranslation('leads');
  const navigate = useNavigate();
  const duplicate = useDuplicate('OPPORTUNITY_DUPLICATE');
  const submit = duplicate.watched(async ({ acceptDuplicate, ...opportunity }: Converted) => {
    const { data } = await client.POST('/v1/leads/{leadId}:convert', {
      params: { path: { leadId: lead.leadId } },
      body: { opportunity, acceptDuplicate: acceptDuplicate ?? false, etag: lead.etag },
    });
    await refreshLeads();
    if (data?.opportunity) navigate(`/work/leads/opportunities/${data.opportunity.opportunityId}`);
  });
  return (
    <FormDialog<Converted>
      title={t('act.convert')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={{
        title: lead.title,
        productCodes: lead.productCodes,
        ...(lead.expectedAmount ? { expectedAmount: lead.expectedAmount } : {}),
      }}
      draftKey={`lead-convert:${lead.leadId}`}
      submitWords={t('act.convert')}
    >
      <Required name="title" label={t('field.title')}>
        <Input maxLength={200} />
      </Required>
      <Form.Item name="productCodes" label={t('field.products')}>
        <ProductSelect />
      </Form.Item>
      <Form.Item name="expectedAmount" label={t('field.expectedAmount')}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="expectedCloseDate" label={t('field.expectedCloseDate')}>
        <DateField />
      </Form.Item>
      <AcceptDuplicate shown={duplicate.found} words={t('acceptOpportunity')} />
    </FormDialog>
  );
}
