import type { Schema } from '@rm-workbench/client';
import { Button, Card, Drawer, Flex, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import type { Customer } from '../customer';
import { GroupMembers } from './GroupMembers';

type GroupOfCustomer = Schema<'customer.v1.GroupOfCustomer'>;
type Group = NonNullable<GroupOfCustomer['group']>;

/** The groups in which the bank looks at the customer together with others. */
export function Groups({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const [opened, setOpened] = useState<Group>();
  const { customerId } = customer;
  const query = api.useQuery('get', '/v1/customers/{customerId}/groups', { params: { path: { customerId } } });
  return (
    <Card title={t('group.title')}>
      <Loaded query={query} isEmpty={({ groups }) => !groups.length} empty={<EmptyState words={t('group.none')} />}>
        {({ groups }) => (
          <Flex vertical gap={10}>
            {groups.map(({ group, member }) => (
              <Flex key={member?.memberId} justify="space-between" gap={12} align="center">
                <span>
                  <Button type="link" className="customer-cell-link" onClick={() => setOpened(group)}>
                    {group?.displayName}
                  </Button>{' '}
                  <Tag variant="filled">
                    <Named value={member?.role} />
                  </Tag>
                </span>
                <Typography.Text type="secondary">{t('group.since', { date: formats.date(member?.startDate) })}</Typography.Text>
              </Flex>
            ))}
          </Flex>
        )}
      </Loaded>
      <Drawer open={opened !== undefined} size={560} title={opened?.displayName} onClose={() => setOpened(undefined)}>
        {opened && <GroupDetails groupId={opened.groupId} />}
      </Drawer>
    </Card>
  );
}

function GroupDetails({ groupId }: { groupId: string }) {
  const { may } = useAccess();
  return (
    <Flex vertical gap={20}>
      {may('customer.holding.read') && <GroupHoldings groupId={groupId} />}
      <GroupMembers groupId={groupId} />
    </Flex>
  );
}

function GroupHoldings({ groupId }: { groupId: string }) {
  const { t } = useTranslation('customer');
  const query = api.useQuery('get', '/v1/customerGroups/{groupId}/holdings:summary', { params: { path: { groupId } } });
  return (
    <Loaded query={query} rows={2}>
      {(summary) => (
        <Flex vertical gap={8}>
          <Typography.Text type="secondary">{t('group.together', { count: summary.customers })}</Typography.Text>
          <div className="customer-figure-cards">
            {summary.totals.map((total) => (
              <Card key={`${total.group}${total.currencyCode}`} size="small" className="customer-figure-card">
                <Typography.Text type="secondary">
                  <Named value={total.group} />
                </Typography.Text>
                <div className="customer-figure">
                  <Amount money={total.figures?.balance} />
                </div>
              </Card>
            ))}
          </div>
        </Flex>
      )}
    </Loaded>
  );
}
