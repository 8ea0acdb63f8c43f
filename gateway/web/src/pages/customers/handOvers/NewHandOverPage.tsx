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

const RULES = ['HAND_OVER_RULE_EVENLY', 'HAND_OVER_RULE_ALL_TO_ONE', 'HAND_OVER_RULE_BY_UNIT'] as const;

interface Planned {
  fromPersonId?: string;
  receiverPersonIds: string[];
  rule: (typeof RULES)[number];
  reason: string;
  term: 'good' | 'time';
  returnDate?: string;
}

/** Plans a hand-over: of whose customers or of which, to whom, by which rule. Nothing moves: the plan is shown before it is carried out. */
export default function NewHandOverPage() {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const words = useRefusalWords();
  const chosen = useLocation().state as { customerIds?: string[] } | null;
  const [parameters] = useSearchParams();
  const [customerIds, setCustomerIds] = useState(chosen?.customerIds ?? []);
  const [form] = Form.useForm<Planned>();
  const draft = useDraft(`hand-over-${parameters.get('from') ?? ''}`, form);
  const planning = useMutation({
    mutationFn: async ({ term, returnDate, ...planned }: Planned) => {
      const body = { ...planned, ...(customerIds.length ? { customerIds } : {}), ...(term === 'time' ? { returnDate } : {}) };
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
          {customerIds.length ? (
            <Form.Item label={t('handOver.what')}>
              <Flex gap={12} align="center">
                <strong>{t('list.selected', { count: customerIds.length })}</strong>
                <Button type="link" onClick={() => setCustomerIds([])}>
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
          <PlanFields />
          <Button type="primary" htmlType="submit" loading={planning.isPending}>
            {t('handOver.preview')}
          </Button>
        </Form>
      </Card>
    </Page>
  );
}

function PlanFields() {
  const { t } = useTranslation('customers');
  const choices = useNamedChoices();
  const form = Form.useFormInstance<Planned>();
  const term = Form.useWatch('term', form);
  const from = Form.useWatch('fromPersonId', form);
  const rule = Form.useWatch('rule', form);
  const people = useRelationshipManagers();
  const unitName = useUnitNames();
  const needed = [{ required: true, message: t('workbench:field.required') }];
  return (
    <>
      <Form.Item name="rule" label={t('handOver.rule')} extra={rule && t(`handOver.ruleHint.${rule}`)}>
        <Radio.Group options={choices(RULES)} />
      </Form.Item>
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
