import { Form, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useNamedChoices } from '../../../design/Named';
import { CustomerSelect } from '../../../design/selects';
import { type ClaimKind, claimsChanged, OBJECT_KINDS, type ObjectKind, WHOLE_BASIS_POINTS } from './claims';
import { type PartRow, PartsFields, partsOf } from './PartsFields';

/** What is claimed, where that is known before. */
export interface Claimed {
  customerId?: string;
  customerName?: string;
  /** How much of it is free, in basis points. */
  free?: number;
}

interface Values {
  customerId: string;
  objectKind: ObjectKind;
  sourceSystem: string;
  objectNumber: string;
  kind: ClaimKind;
  startDate: string;
  endDate: string;
  parts: PartRow[];
  reason: string;
}

const REASON_LENGTH_MAX = 1000;
/** Of a customer and of a fee no amount is divided. */
const KINDS: Record<ObjectKind, ClaimKind[]> = {
  OBJECT_KIND_CUSTOMER: ['CLAIM_KIND_RATIO'],
  OBJECT_KIND_ACCOUNT: ['CLAIM_KIND_RATIO', 'CLAIM_KIND_FIXED_AND_RATIO', 'CLAIM_KIND_AMOUNT_BAND'],
  OBJECT_KIND_CONTRACT: ['CLAIM_KIND_RATIO', 'CLAIM_KIND_FIXED_AND_RATIO', 'CLAIM_KIND_AMOUNT_BAND'],
  OBJECT_KIND_FEE_FLOW: ['CLAIM_KIND_RATIO'],
};

/** Claims an object, alone or with colleagues. */
export function ClaimForm({ claimed, onClose }: { claimed: Claimed; onClose: () => void }) {
  const { t } = useTranslation('performance');
  const { me, personId } = useAccess();
  const free = claimed.free ?? WHOLE_BASIS_POINTS;
  const self = { personId, displayName: me.person?.displayName ?? '' };
  const own = me.posts.some((post) => post.scope === 'SCOPE_KIND_OWN');
  const first = own ? [{ personId, percent: free / 100 }] : [{ percent: free / 100 }];
  return (
    <FormDialog<Values>
      open
      width={720}
      title={claimed.customerName ? t('claims.claimOf', { name: claimed.customerName }) : t('claims.create')}
      draftKey={`claim:${claimed.customerId ?? 'new'}`}
      initialValues={{
        objectKind: 'OBJECT_KIND_CUSTOMER',
        kind: 'CLAIM_KIND_RATIO',
        startDate: dayjs().startOf('month').format('YYYY-MM-DD'),
        parts: first as PartRow[],
        ...(claimed.customerId ? { customerId: claimed.customerId } : {}),
      }}
      submitWords={t('claims.send')}
      doneWords={t('claims.sent')}
      onClose={onClose}
      submit={async (values) => {
        await client.POST('/v1/claims', { body: bodyOf(values) });
        await claimsChanged();
      }}
    >
      <Form.Item name="customerId" label={t('deals.customer')} rules={[{ required: true, message: t('form.customerNeeded') }]}>
        <CustomerSelect chosenName={claimed.customerName} />
      </Form.Item>
      <ObjectFields />
      <div className="form-columns">
        <Form.Item name="startDate" label={t('claims.from')} rules={[{ required: true, message: t('claims.fromNeeded') }]}>
          <DateField />
        </Form.Item>
        <Form.Item name="endDate" label={t('claims.to')} extra={t('claims.toHint')}>
          <DateField />
        </Form.Item>
      </div>
      <Form.Item noStyle shouldUpdate={(before, now) => before.kind !== now.kind}>
        {({ getFieldValue }) => <PartsFields known={[self]} kind={getFieldValue('kind') as ClaimKind} free={free} />}
      </Form.Item>
      <Form.Item name="reason" label={t('claims.why')}>
        <Input.TextArea rows={3} maxLength={REASON_LENGTH_MAX} showCount placeholder={t('claims.whyHint')} />
      </Form.Item>
    </FormDialog>
  );
}

/** What of the customer is claimed, and how it is divided. */
function ObjectFields() {
  const { t } = useTranslation('performance');
  const choices = useNamedChoices();
  const form = Form.useFormInstance<Values>();
  const objectKind = Form.useWatch('objectKind') as ObjectKind | undefined;
  const kinds = KINDS[objectKind ?? 'OBJECT_KIND_CUSTOMER'];
  return (
    <>
      <div className="form-columns">
        <Form.Item name="objectKind" label={t('claims.what')}>
          <Select options={choices(OBJECT_KINDS)} onChange={() => form.setFieldValue('kind', 'CLAIM_KIND_RATIO')} />
        </Form.Item>
        <Form.Item name="kind" label={t('claims.how')}>
          <Select options={choices(kinds)} disabled={kinds.length === 1} />
        </Form.Item>
      </div>
      {objectKind && objectKind !== 'OBJECT_KIND_CUSTOMER' && (
        <div className="form-columns">
          <Form.Item
            name="sourceSystem"
            label={t('claims.sourceSystem')}
            tooltip={t('claims.sourceSystemHint')}
            rules={[{ required: true, pattern: /^[a-z0-9][a-z0-9_.-]{0,31}$/, message: t('claims.sourceSystemHint') }]}
          >
            <Input placeholder="core" />
          </Form.Item>
          <Form.Item
            name="objectNumber"
            label={t('claims.number')}
            rules={[{ required: true, message: t('claims.numberNeeded') }]}
          >
            <Input maxLength={64} />
          </Form.Item>
        </div>
      )}
    </>
  );
}

function bodyOf(values: Values) {
  const byNumber = values.objectKind !== 'OBJECT_KIND_CUSTOMER';
  return {
    objectKind: values.objectKind,
    customerId: values.customerId,
    sourceSystem: byNumber ? values.sourceSystem : '',
    objectNumber: byNumber ? values.objectNumber : '',
    kind: values.kind,
    startDate: values.startDate,
    endDate: values.endDate ?? '',
    parts: partsOf(values.parts, values.kind),
    reason: values.reason ?? '',
  };
}
