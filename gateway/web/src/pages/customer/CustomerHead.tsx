import { EditOutlined, EyeOutlined, SwapOutlined } from '@ant-design/icons';
import { Alert, Button, Flex, Tag, Typography } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { api, refresh } from '../../api/client';
import { Named, useNamed } from '../../design/Named';
import { Page } from '../../design/Page';
import { useUnitNames } from '../../design/selects';
import { LogContactButton } from '../contacts/LogContact';
import { type Customer, isEnded, usePersonName } from './customer';
import { EditCustomer } from './EditCustomer';
import { HandOverCustomer } from './HandOverCustomer';
import { RevealCustomer } from './RevealCustomer';

const TIER_COLOURS: Partial<Record<Customer['tier'], string>> = {
  CUSTOMER_TIER_AFFLUENT: 'blue',
  CUSTOMER_TIER_PREMIER: 'gold',
  CUSTOMER_TIER_PRIVATE: 'purple',
};

/** Who the customer is and who looks after it, with what can be done; it stays while one goes through the tabs. */
export function CustomerHead({ customer, children }: { customer: Customer; children: ReactNode }) {
  const { t } = useTranslation('customer');
  const named = useNamed();
  return (
    <Page
      tab={customer.displayName}
      title={
        <Flex wrap gap="4px 12px" align="center">
          <span>{customer.displayName}</span>
          <Flex wrap gap={4}>
            {customer.tier !== 'CUSTOMER_TIER_UNSPECIFIED' && (
              <Tag color={TIER_COLOURS[customer.tier] ?? 'default'} variant="filled">
                <Named value={customer.tier} />
              </Tag>
            )}
            <Tag variant="filled">
              <Named value={customer.kind} />
            </Tag>
            {customer.state !== 'CUSTOMER_STATE_ACTIVE' && <Tag color="warning">{named(customer.state)}</Tag>}
          </Flex>
        </Flex>
      }
      note={<Identity customer={customer} />}
      actions={!isEnded(customer) && <Actions customer={customer} />}
    >
      {isEnded(customer) && (
        <Alert className="partial" type="warning" showIcon title={t('ended', { state: named(customer.state) })} />
      )}
      {children}
    </Page>
  );
}

function Identity({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const nameOf = usePersonName();
  const unitOf = useUnitNames();
  const lead = nameOf(customer.leadPersonId);
  return (
    <Flex wrap gap="2px 20px" className="customer-identity">
      <span>
        {t('number')} <Typography.Text copyable={{ tooltips: false }}>{customer.customerNumber}</Typography.Text>
      </span>
      <span>
        {t('lead')} {lead ? <Typography.Text>{lead}</Typography.Text> : t('nobody')}
        {' · '}
        {unitOf(customer.organisationPath)}
      </span>
      <Supporters customer={customer} />
      <Masked customer={customer} />
    </Flex>
  );
}

function Supporters({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const nameOf = usePersonName();
  const coverages = api.useQuery('get', '/v1/customers/{customerId}/coverages', {
    params: { path: { customerId: customer.customerId }, query: { pageSize: 50 } },
  });
  const today = new Date().toISOString().slice(0, 10);
  const supporters = (coverages.data?.coverages ?? []).filter(
    (coverage) =>
      coverage.role === 'COVERAGE_ROLE_SUPPORTING' && !coverage.revoked && (!coverage.endDate || coverage.endDate >= today),
  );
  if (!supporters.length) return null;
  return (
    <span>
      {t('supporting')} {supporters.map((coverage) => nameOf(coverage.personId)).join(t('listSeparator'))}
    </span>
  );
}

function Masked({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const [revealing, setRevealing] = useState(false);
  const hidden = customer.identifier || customer.phone;
  return (
    <>
      {customer.identifier && (
        <span>
          <Named value={customer.identifierKind} /> <span className="customer-digits">{customer.identifier}</span>
        </span>
      )}
      {customer.phone && (
        <span>
          {t('phone')} <span className="customer-digits">{customer.phone}</span>
        </span>
      )}
      {hidden && may('customer.pii.read') && (
        <Button
          type="link"
          size="small"
          icon={<EyeOutlined />}
          className="customer-inline-action"
          onClick={() => setRevealing(true)}
        >
          {t('reveal.action')}
        </Button>
      )}
      {revealing && <RevealCustomer customer={customer} onClose={() => setRevealing(false)} />}
    </>
  );
}

function Actions({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const [open, setOpen] = useState<'edit' | 'handOver'>();
  return (
    <>
      <LogContactButton customer={customer} onLogged={() => void refresh('/v1/customers/')} />
      {may('customer.record.update') && (
        <Button icon={<EditOutlined />} onClick={() => setOpen('edit')}>
          {t('workbench:action.edit')}
        </Button>
      )}
      {may('customer.coverage.assign') && (
        <Button icon={<SwapOutlined />} onClick={() => setOpen('handOver')}>
          {t('handOver.action')}
        </Button>
      )}
      {open === 'edit' && <EditCustomer customer={customer} onClose={() => setOpen(undefined)} />}
      {open === 'handOver' && <HandOverCustomer customer={customer} onClose={() => setOpen(undefined)} />}
    </>
  );
}
