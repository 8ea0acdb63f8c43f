import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { useBilingual } from '../../design/bilingual';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField, MoneyField } from '../../design/fields';
import type { Money } from '../../design/formats';
import { ProductSelect } from '../../design/productSelects';
import { CustomerSelect } from '../../design/selects';
import { type Opportunity, type Pipeline, refreshLeads } from './leads';

type Stage = Pipeline['stages'][number];
type Field = Stage['requiredFields'][number];

const FILLED: Record<string, (opportunity: Opportunity) => boolean> = {
  OPPORTUNITY_FIELD_CUSTOMER: ({ customerId }) => customerId !== '',
  OPPORTUNITY_FIELD_PRODUCTS: ({ productCodes }) => productCodes.length > 0,
  OPPORTUNITY_FIELD_EXPECTED_AMOUNT: ({ expectedAmount }) => expectedAmount !== undefined,
  OPPORTUNITY_FIELD_EXPECTED_CLOSE_DATE: ({ expectedCloseDate }) => expectedCloseDate !== '',
  OPPORTUNITY_FIELD_COMPETITORS: ({ competitors }) => competitors.length > 0,
  OPPORTUNITY_FIELD_MEMBERS: ({ members }) => members.length > 0,
  OPPORTUNITY_FIELD_NOTE: ({ note }) => note !== '',
};

/** What the stage needs to know and nobody has said yet. */
export function missingFields(opportunity: Opportunity, stage: Stage): Field[] {
  return stage.requiredFields.filter((field) => FILLED[field]?.(opportunity) === false);
}

interface Values {
  customerId?: string;
  productCodes?: string[];
  expectedAmount?: Money;
  expectedCloseDate?: string;
  competitors?: string[];
  note?: string;
}

interface Props {
  opportunity: Opportunity;
  stage: Stage;
  open: boolean;
  onClose: () => void;
}

/** Asks for what a stage needs, saves it and moves the opportunity there. */
export function MoveDialog({ opportunity, stage, open, onClose }: Props) {
  const { t } = useTranslation('leads');
  const bilingual = useBilingual();
  const missing = missingFields(opportunity, stage);
  const path = { opportunityId: opportunity.opportunityId };
  const submit = async ({ customerId, ...known }: Values) => {
    let { etag } = opportunity;
    if (customerId) {
      const body = { customerId, etag };
      etag = (await client.POST('/v1/opportunities/{opportunityId}:linkCustomer', { params: { path }, body })).data?.etag ?? etag;
    }
    if (Object.keys(known).length) {
      const { data } = await client.PATCH('/v1/opportunities/{opportunityId}', {
        params: { path, query: { updateMask: Object.keys(known).join(',') }, header: { 'If-Match': etag } },
        body: { title: opportunity.title, ...known },
      });
      etag = data?.etag ?? etag;
    }
    await client.POST('/v1/opportunities/{opportunityId}:move', {
      params: { path },
      body: { stageCode: stage.stageCode, etag },
    });
    await refreshLeads();
  };
  return (
    <FormDialog<Values>
      title={t('moveTo', { stage: bilingual(stage.displayName) })}
      open={open}
      onClose={onClose}
      submit={submit}
      submitWords={t('moveThere')}
      draftKey={`opportunity:${opportunity.opportunityId}:${stage.stageCode}`}
    >
      <p>{t('stageNeeds')}</p>
      {missing.map((field) => (
        <MissingField key={field} field={field} />
      ))}
    </FormDialog>
  );
}

function MissingField({ field }: { field: Field }) {
  const { t } = useTranslation('leads');
  switch (field) {
    case 'OPPORTUNITY_FIELD_CUSTOMER':
      return (
        <Required name="customerId" label={t('workbench:field.customer')}>
          <CustomerSelect />
        </Required>
      );
    case 'OPPORTUNITY_FIELD_PRODUCTS':
      return (
        <Required name="productCodes" label={t('field.products')}>
          <ProductSelect />
        </Required>
      );
    case 'OPPORTUNITY_FIELD_EXPECTED_AMOUNT':
      return (
        <Required name="expectedAmount" label={t('field.expectedAmount')}>
          <MoneyField />
        </Required>
      );
    case 'OPPORTUNITY_FIELD_EXPECTED_CLOSE_DATE':
      return (
        <Required name="expectedCloseDate" label={t('field.expectedCloseDate')}>
          <DateField />
        </Required>
      );
    case 'OPPORTUNITY_FIELD_COMPETITORS':
      return (
        <Required name="competitors" label={t('field.competitors')}>
          <Select mode="tags" tokenSeparators={[',', '，']} />
        </Required>
      );
    case 'OPPORTUNITY_FIELD_NOTE':
      return (
        <Required name="note" label={t('field.note')}>
          <Input.TextArea rows={3} maxLength={4000} />
        </Required>
      );
    default:
      return <Form.Item>{t('membersFirst')}</Form.Item>;
  }
}
