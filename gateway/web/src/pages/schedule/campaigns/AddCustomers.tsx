import { pages } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Flex, Form, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useNamedChoices } from '../../../design/Named';
import { CustomerSelect, RelationshipManagerSelect, UnitSelect } from '../../../design/selects';
import { AFFECTED, type Campaign } from './campaign';

const KINDS = ['CUSTOMER_KIND_RETAIL', 'CUSTOMER_KIND_CORPORATE', 'CUSTOMER_KIND_FINANCIAL_INSTITUTION'] as const;
const TIERS = ['CUSTOMER_TIER_MASS', 'CUSTOMER_TIER_AFFLUENT', 'CUSTOMER_TIER_PREMIER', 'CUSTOMER_TIER_PRIVATE'] as const;
/** The service takes so many at once. */
const BATCH = 1_000;

type Way = 'filter' | 'segment' | 'single';

interface Choice {
  kinds?: (typeof KINDS)[number][];
  tiers?: (typeof TIERS)[number][];
  leadPersonId?: string;
  unit?: string;
  segmentId?: string;
  customerId?: string;
}

/** Puts customers into a campaign that is not launched: by what they are, by a segment, or one by one. */
export function AddCustomers({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const words = useRefusalWords();
  const [form] = Form.useForm<Choice>();
  const [way, setWay] = useState<Way>('filter');
  const adding = useMutation({
    mutationFn: (choice: Choice) => add(campaign.campaignId, way, choice),
    onSuccess: () => refresh(...AFFECTED),
  });
  return (
    <Modal open title={t('campaigns.add')} onCancel={onClose} footer={<Button onClick={onClose}>{t('import.close')}</Button>}>
      <Flex vertical gap={12}>
        <Segmented<Way>
          aria-label={t('campaigns.by')}
          value={way}
          onChange={setWay}
          options={(['filter', 'segment', 'single'] as const).map((value) => ({ value, label: t(`by.${value}`) }))}
        />
        {adding.error && <Alert type="error" showIcon title={words(adding.error)} />}
        {adding.data && <Alert type="success" showIcon title={t('campaigns.added', adding.data)} />}
        <Form form={form} layout="vertical" onFinish={(choice) => adding.mutate(choice)}>
          {way === 'filter' && <FilterFields />}
          {way === 'segment' && <SegmentField />}
          {way === 'single' && (
            <Form.Item
              name="customerId"
              label={t('form.customer')}
              rules={[{ required: true, message: t('form.customerNeeded') }]}
            >
              <CustomerSelect />
            </Form.Item>
          )}
          <Button type="primary" htmlType="submit" loading={adding.isPending}>
            {t('campaigns.addThese')}
          </Button>
        </Form>
      </Flex>
    </Modal>
  );
}

function FilterFields() {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const { scopePath } = useAccess();
  return (
    <>
      <Form.Item name="kinds" label={t('by.kinds')}>
        <Select mode="multiple" allowClear options={choices(KINDS)} placeholder={t('by.any')} />
      </Form.Item>
      <Form.Item name="tiers" label={t('by.tiers')}>
        <Select mode="multiple" allowClear options={choices(TIERS)} placeholder={t('by.any')} />
      </Form.Item>
      <Form.Item name="unit" label={t('campaigns.unit')}>
        <UnitSelect below={scopePath} allowClear placeholder={t('by.any')} />
      </Form.Item>
      <Form.Item name="leadPersonId" label={t('by.lead')}>
        <RelationshipManagerSelect organisationPath={scopePath} allowClear placeholder={t('by.any')} />
      </Form.Item>
    </>
  );
}

function SegmentField() {
  const { t } = useTranslation('schedule');
  const list = api.useQuery('get', '/v1/segments', { params: { query: { pageSize: 200 } } });
  const options = (list.data?.segments ?? []).map((segment) => ({ value: segment.segmentId, label: segment.displayName }));
  return (
    <Form.Item name="segmentId" label={t('by.segment')} rules={[{ required: true, message: t('by.segmentNeeded') }]}>
      <Select options={options} loading={list.isLoading} notFoundContent={t('by.noSegments')} />
    </Form.Item>
  );
}

/** Page by page, so that a large branch is taken in too; who is in it already stays as he is. */
async function add(campaignId: string, way: Way, choice: Choice): Promise<{ added: number; skipped: number }> {
  const told = { added: 0, skipped: 0 };
  for await (const customerIds of chosen(way, choice)) {
    if (!customerIds.length) continue;
    const { data } = await client.POST('/v1/campaigns/{campaignId}:addCustomers', {
      params: { path: { campaignId } },
      body: { customerIds, skipUnreachable: true },
    });
    told.added += data?.added ?? 0;
    told.skipped += data?.skipped ?? 0;
  }
  return told;
}

async function* chosen(way: Way, choice: Choice): AsyncGenerator<string[]> {
  if (way === 'single') {
    yield choice.customerId ? [choice.customerId] : [];
  } else if (way === 'segment') {
    const path = { segmentId: choice.segmentId ?? '' };
    const ask = (pageToken: string) =>
      client.GET('/v1/segments/{segmentId}/members', { params: { path, query: { pageSize: BATCH, pageToken } } });
    for await (const page of pages(ask)) yield page.members.map((member) => member.customerId);
  } else {
    const { kinds = [], tiers = [], leadPersonId = '', unit } = choice;
    const filter = `state = ACTIVE${unit ? ` AND organisation_path = "${unit}*"` : ''}`;
    const ask = (pageToken: string) =>
      client.POST('/v1/customers:list', { body: { kinds, tiers, leadPersonId, filter, pageSize: BATCH, pageToken } });
    for await (const page of pages(ask)) yield page.customers.map((customer) => customer.customerId);
  }
}
