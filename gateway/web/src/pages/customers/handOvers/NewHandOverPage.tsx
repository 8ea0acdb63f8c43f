import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Form, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { client, refresh } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { RelationshipManagerSelect, useRelationshipManagers, useUnitNames } from '../../../design/selects';
import '../customers.css';
import { assigned, type ChosenCustomer, ReceiverOfEach, type Receivers } from './ReceiverOfEach';

const RULES = ['HAND_OVER_RULE_EVENLY', 'HAND_OVER_RULE_ALL_TO_ONE', 'HAND_OVER_RULE_BY_UNIT'] as const;
const OF_EACH = 'HAND_OVER_RULE_EXPLICIT';
/** For more customers nobody chooses one by one. */
const CHOSEN_ONE_BY_ONE_MAX = 100;

interface Planned {
  fromPersonId?: string;
  receiverPersonIds?: string[];
  /** Where each customer has its own. */
  receivers?: Receivers;
  rule: (typeof RULES)[number] | typeof OF_EACH;
  reason: string;
  term: 'good' | 'time';
  returnDate?: string;
}

/** Plans a hand-over: of whose customers or of which, to whom, by which rule. Nothing moves: the plan is shown before it is carried out. */
export default function NewHandOverPage() {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const words = useRefusalWords();
  const chosen = useLocation().state as { customers?: ChosenCustomer[] } | null;
  const [parameters] = useSearchParams();
  const [customers, setCustomers] = useState(chosen?.customers ?? []);
  const [form] = Form.useForm<Planned>();
  const draft = useDraft(`hand-over-${parameters.get('from') ?? ''}`, form);
  const planning = useMutation({
    mutationFn: async ({ term, returnDate, receivers = {}, receiverPersonIds = [], ...planned }: Planned) => {
      const body = {
        ...planned,
        ...(planned.rule === OF_EACH ? assigned(customers, receivers) : { receiverPersonIds }),
        ...(customers.length ? { customerIds: customers.map(({ customerId }) => customerId) } : {}),
        ...(term === 'time' ? { returnDate } : {}),
      };
      return (await client.POST('/v1/handOvers', { body })).data;
    },
    onSuccess: async (handOver) => {
      draft.drop();
      await refresh('/v1/handOvers');
      if (handOver) void navigate(`/customers/hand-overs/${handOver.handOverId}`, { replace: true });
    },
  });
  const initial = {
    fromPersonId: parameters.get('from') ?? undefined,
    receiverPersonIds: (parameters.get('to') ?? '').split(',').filter(Boolean),
    rule: 'HAND_OVER_RULE_EVENLY',
    term: 'good',
  };
  const wholeInstead = () => {
    setCustomers([]);
    if (form.getFieldValue('rule') === OF_EACH) form.setFieldValue('rule', RULES[0]);
  };
  return (
    <Page title={t('handOver.new')} note={t('handOver.newNote')}>
      <Card className="plan">
        {draft.restored && <Alert className="form-note" type="info" showIcon title={t('workbench:state.draftRestored')} />}
        {planning.error && <Alert className="form-note" type="error" showIcon title={words(planning.error)} />}
        <Form<Planned>
          form={form}
          layout="vertical"
          initialValues={initial}
          onValuesChange={draft.keep}
          onFinish={(planned) => planning.mutate(planned)}
        >
          {customers.length ? (
            <Form.Item label={t('handOver.what')}>
              <Flex gap={12} align="center">
                <strong>{t('list.selected', { count: customers.length })}</strong>
                <Button type="link" onClick={wholeInstead}>
                  {t('handOver.wholeInstead')}
                </Button>
              </Flex>
            </Form.Item>
          ) : (
            <Form.Item
              name="fromPersonId"
              label={t('handOver.from')}
              extra={t('handOver.fromHint')}
              rules={[{ required: true, message: t('workbench:field.required') }]}
            >
              <RelationshipManagerSelect />
            </Form.Item>
          )}
          <PlanFields customers={customers} />
          <Button type="primary" htmlType="submit" loading={planning.isPending}>
            {t('handOver.preview')}
          </Button>
        </Form>
      </Card>
    </Page>
  );
}

function PlanFields({ customers }: { customers: ChosenCustomer[] }) {
  const { t } = useTranslation('customers');
  const choices = useNamedChoices();
  const form = Form.useFormInstance<Planned>();
  const term = Form.useWatch('term', form);
  const from = Form.useWatch('fromPersonId', form);
  const rule = Form.useWatch('rule', form);
  const people = useRelationshipManagers();
  const unitName = useUnitNames();
  const oneByOne = customers.length > 0 && customers.length <= CHOSEN_ONE_BY_ONE_MAX;
  const needed = [{ required: true, message: t('workbench:field.required') }];
  return (
    <>
      <Form.Item name="rule" label={t('handOver.rule')} extra={rule && t(`handOver.ruleHint.${rule}`)}>
        <Radio.Group options={choices(oneByOne ? [...RULES, OF_EACH] : RULES)} />
      </Form.Item>
      {rule === OF_EACH && oneByOne ? (
        <ReceiverOfEach customers={customers} />
      ) : (
        <Form.Item name="receiverPersonIds" label={t('handOver.to')} rules={needed}>
          <Select
            mode="multiple"
            maxCount={rule === 'HAND_OVER_RULE_ALL_TO_ONE' ? 1 : 100}
            placeholder={t('workbench:field.relationshipManager')}
            showSearch={{ optionFilterProp: 'label' }}
            loading={people.isLoading}
            options={(people.data ?? [])
              .filter(({ personId }) => personId !== from)
              .map((person) => ({
                value: person.personId,
                label: `${person.displayName} ${person.staffNumber} · ${unitName(person.organisationPath)}`,
              }))}
          />
        </Form.Item>
      )}
      <Form.Item name="term" label={t('handOver.term')}>
        <Radio.Group
          options={[
            { value: 'good', label: t('handOver.forGood') },
            { value: 'time', label: t('handOver.forTime') },
          ]}
        />
      </Form.Item>
      {term === 'time' && (
        <Form.Item name="returnDate" label={t('handOver.returnDate')} rules={needed}>
          <Input type="date" className="date-field" />
        </Form.Item>
      )}
      <Form.Item
        name="reason"
        label={t('workbench:field.reason')}
        extra={t('handOver.reasonHint')}
        rules={[{ required: true, whitespace: true, message: t('workbench:field.required') }]}
      >
        <Input.TextArea maxLength={200} rows={2} />
      </Form.Item>
    </>
  );
}
