import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Flex, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField, MoneyField } from '../../../design/fields';
import { type Money, useFormats } from '../../../design/formats';
import { useNamedChoices } from '../../../design/Named';
import { ProductSelect } from '../../../design/productSelects';
import { CustomerSelect } from '../../../design/selects';
import { type KnownPerson, PersonField } from '../people';
import { toBasisPoints, toPercent } from '../percent';
import { type Deal, readDeal } from './deals';
import { ROLES, type Role } from './roles';

interface MemberRow {
  personId: string;
  role: Role;
  /** How much of his role he filled, and what was agreed, in percent; nothing agreed where it is not set. */
  involvement: number;
  agreed: number | null;
}

interface Values {
  title: string;
  customerId: string;
  amount: Money;
  closeDate: string;
  productCodes: string[];
  members: MemberRow[];
  formerOwnerPersonId: string;
  baseAmount: Money | undefined;
}

const TITLE_LENGTH_MAX = 200;

/** A deal that is opened by hand, or one that is changed before it is decided. */
export function DealForm(props: { deal?: Deal; onClose: () => void; onSaved?: (deal: Deal) => void }) {
  const { deal, onClose, onSaved } = props;
  const { t } = useTranslation('performance');
  const { me, personId } = useAccess();
  const formats = useFormats();
  const self = { personId, displayName: me.person?.displayName ?? '' };
  const known: KnownPerson[] = [...(deal?.members ?? []), self];
  const say = (field: keyof Values, value: unknown) =>
    field === 'amount' ? formats.money(value as Money) : typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return (
    <FormDialog<Values>
      open
      width={760}
      title={t(deal ? 'form.edit' : 'form.create')}
      draftKey={deal ? `deal:${deal.dealId}` : 'deal:new'}
      initialValues={deal ? valuesOf(deal) : freshValues(personId)}
      onClose={onClose}
      submit={async (values, etag) => {
        const saved = deal ? await change(deal, values, etag ?? deal.etag) : await create(values);
        await refresh('/v1/deals');
        if (saved) onSaved?.(saved);
      }}
      {...(deal
        ? {
            edit: {
              read: async () => {
                const now = await readDeal(deal.dealId);
                return { etag: now.etag, values: valuesOf(now) };
              },
              labels: {
                title: t('form.title'),
                amount: t('deals.amount'),
                closeDate: t('deals.closed'),
                members: t('deals.team'),
              },
              say,
            },
          }
        : {})}
    >
      {deal?.state === 'DEAL_STATE_PROPOSED' && (
        <Alert className="form-note" type="warning" showIcon title={t('form.takesBack')} />
      )}
      <Form.Item
        name="title"
        label={t('form.title')}
        rules={[{ required: true, whitespace: true, message: t('form.titleNeeded') }]}
      >
        <Input maxLength={TITLE_LENGTH_MAX} />
      </Form.Item>
      {!deal && (
        <Form.Item name="customerId" label={t('deals.customer')} rules={[{ required: true, message: t('form.customerNeeded') }]}>
          <CustomerSelect />
        </Form.Item>
      )}
      <div className="form-columns">
        <Form.Item name="amount" label={t('deals.amount')} rules={[{ required: true, message: t('form.amountNeeded') }]}>
          <MoneyField />
        </Form.Item>
        <Form.Item name="closeDate" label={t('deals.closed')}>
          <DateField />
        </Form.Item>
      </div>
      <Form.Item name="productCodes" label={t('form.products')}>
        <ProductSelect />
      </Form.Item>
      <Members known={known} />
      <div className="form-columns">
        <Form.Item name="formerOwnerPersonId" label={t('form.former')} tooltip={t('form.formerHint')}>
          <PersonField known={known} allowClear />
        </Form.Item>
        <Form.Item name="baseAmount" label={t('form.base')}>
          <MoneyField />
        </Form.Item>
      </div>
    </FormDialog>
  );
}

/** Who worked on it, as what, and what they agreed on. */
function Members({ known }: { known: readonly KnownPerson[] }) {
  const { t } = useTranslation('performance');
  const choices = useNamedChoices();
  const whole = async (_: unknown, rows: MemberRow[] | undefined) => {
    const agreed = (rows ?? []).filter((row) => row?.agreed !== null && row?.agreed !== undefined);
    const sum = agreed.reduce((total, row) => total + toBasisPoints(row.agreed), 0);
    if (agreed.length && sum !== 10_000) throw new Error(t('form.agreedNotWhole', { percent: toPercent(sum) }));
    const owners = (rows ?? []).filter((row) => row?.role === 'DEAL_ROLE_OWNER').length;
    if (owners !== 1) throw new Error(t('form.oneOwner'));
  };
  return (
    <Form.List name="members" rules={[{ validator: whole }]}>
      {(fields, { add, remove }, { errors }) => (
        <fieldset className="performance-rows">
          <legend>{t('deals.team')}</legend>
          {fields.map((field) => (
            <Flex key={field.key} gap={8} align="flex-start" wrap className="row">
              <Form.Item
                name={[field.name, 'personId']}
                className="grow-field"
                rules={[{ required: true, message: t('form.personNeeded') }]}
              >
                <PersonField known={known} />
              </Form.Item>
              <Form.Item name={[field.name, 'role']} noStyle>
                <Select<Role> aria-label={t('form.role')} className="role-field" options={choices(ROLES)} />
              </Form.Item>
              <Form.Item name={[field.name, 'involvement']} noStyle>
                <InputNumber<number>
                  aria-label={t('form.involvement')}
                  className="percent-field"
                  min={0}
                  max={100}
                  precision={2}
                  prefix={t('form.involvementShort')}
                  suffix="%"
                />
              </Form.Item>
              <Form.Item name={[field.name, 'agreed']} noStyle>
                <InputNumber<number>
                  aria-label={t('form.agreed')}
                  className="percent-field"
                  min={0}
                  max={100}
                  precision={2}
                  prefix={t('form.agreedShort')}
                  suffix="%"
                />
              </Form.Item>
              <Button
                type="text"
                icon={<MinusCircleOutlined />}
                aria-label={t('form.removeRow')}
                disabled={fields.length === 1}
                onClick={() => remove(field.name)}
              />
            </Flex>
          ))}
          <Form.ErrorList errors={errors} />
          <Button
            icon={<PlusOutlined />}
            onClick={() => add({ role: 'DEAL_ROLE_CO_WORKER', involvement: 100, agreed: null } satisfies Partial<MemberRow>)}
          >
            {t('form.addMember')}
          </Button>
        </fieldset>
      )}
    </Form.List>
  );
}

function freshValues(personId: string): Partial<Values> {
  return { productCodes: [], members: [{ personId, role: 'DEAL_ROLE_OWNER', involvement: 100, agreed: null }] };
}

function valuesOf(deal: Deal): Partial<Values> {
  const agreed = new Map(deal.terms?.agreedParts.map((part) => [part.personId, toPercent(part.basisPoints)]));
  return {
    title: deal.title,
    closeDate: deal.closeDate,
    productCodes: deal.productCodes,
    formerOwnerPersonId: deal.terms?.formerOwnerPersonId || '',
    baseAmount: deal.terms?.baseAmount,
    ...(deal.amount ? { amount: deal.amount } : {}),
    members: deal.members.map((member) => ({
      personId: member.personId,
      role: member.role,
      involvement: toPercent(member.involvementBasisPoints ?? 10_000),
      agreed: agreed.get(member.personId) ?? null,
    })),
  };
}

function bodyOf(values: Values, terms: Deal['terms']) {
  const agreedParts = values.members
    .filter((member) => member.agreed !== null && member.agreed !== undefined)
    .map((member) => ({ personId: member.personId, basisPoints: toBasisPoints(member.agreed) }));
  return {
    title: values.title,
    amount: values.amount,
    closeDate: values.closeDate ?? '',
    productCodes: values.productCodes ?? [],
    members: values.members.map((member) => ({
      personId: member.personId,
      role: member.role,
      involvementBasisPoints: toBasisPoints(member.involvement ?? 100),
    })),
    terms: {
      bands: terms?.bands ?? [],
      singleOwnerPersonId: terms?.singleOwnerPersonId ?? '',
      agreedParts,
      formerOwnerPersonId: values.formerOwnerPersonId ?? '',
      ...(values.baseAmount ? { baseAmount: values.baseAmount } : {}),
    },
  };
}

async function create(values: Values) {
  const { data } = await client.POST('/v1/deals', { body: { ...bodyOf(values, undefined), customerId: values.customerId } });
  return data;
}

async function change(deal: Deal, values: Values, etag: string) {
  const { data } = await client.PATCH('/v1/deals/{dealId}', {
    params: {
      path: { dealId: deal.dealId },
      query: { updateMask: 'title,amount,closeDate,productCodes,members,terms' },
    },
    body: { ...bodyOf(values, deal.terms), etag },
  });
  return data;
}
