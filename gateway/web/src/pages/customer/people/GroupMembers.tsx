import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Flex, Form, Popconfirm, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { FormDialog, Required } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useFormats } from '../../../design/formats';
import { Named, useNamedChoices } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { CustomerSelect } from '../../../design/selects';
import { End } from './Relations';

type Member = Schema<'customer.v1.CustomerGroupMember'>;
type Role = Member['role'];

const MEMBERS_MAX = 200;
const ROLES: Role[] = ['GROUP_ROLE_MEMBER', 'GROUP_ROLE_CORE', 'GROUP_ROLE_PARENT'];

/** Who stands in a group, and as what; whoever keeps groups adds members and ends their time in it. */
export function GroupMembers({ groupId }: { groupId: string }) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const formats = useFormats();
  const [adding, setAdding] = useState(false);
  const keeps = may('customer.group.manage');
  const query = { pageSize: MEMBERS_MAX };
  const members = api.useQuery('get', '/v1/customerGroups/{groupId}/members', { params: { path: { groupId }, query } });
  return (
    <Flex vertical gap={12} align="flex-start">
      <Loaded query={members} isEmpty={(page) => !page.members.length} empty={<EmptyState words={t('group.noMembers')} />}>
        {(page) => (
          <Table<Member>
            className="customer-group-members"
            size="small"
            aria-label={t('group.members')}
            rowKey="memberId"
            dataSource={page.members}
            pagination={false}
            columns={[
              { title: t('group.member'), render: (_, member) => <End end={member.customer} /> },
              { title: t('group.role'), render: (_, member) => <Named value={member.role} /> },
              {
                title: t('group.time'),
                render: (_, { startDate, endDate }) =>
                  endDate
                    ? t('group.fromTo', { from: formats.date(startDate), to: formats.date(endDate) })
                    : t('group.since', { date: formats.date(startDate) }),
              },
              ...(keeps ? [{ title: '', width: 72, render: (_: unknown, member: Member) => <EndMember member={member} /> }] : []),
            ]}
          />
        )}
      </Loaded>
      {keeps && <Button onClick={() => setAdding(true)}>{t('group.add')}</Button>}
      {adding && <AddMember groupId={groupId} onClose={() => setAdding(false)} />}
    </Flex>
  );
}

interface Values {
  customerId: string;
  role: Role;
  startDate?: string;
}

function AddMember({ groupId, onClose }: { groupId: string; onClose: () => void }) {
  const { t } = useTranslation('customer');
  const choices = useNamedChoices();
  const add = async ({ customerId, role, startDate }: Values) => {
    const body = { customerId, role, startDate: startDate ?? '' };
    await client.POST('/v1/customerGroups/{groupId}/members', { params: { path: { groupId } }, body });
    await refreshGroups();
  };
  return (
    <FormDialog<Values> open title={t('group.add')} onClose={onClose} submit={add} initialValues={{ role: 'GROUP_ROLE_MEMBER' }}>
      <Required name="customerId" label={t('group.member')}>
        <CustomerSelect />
      </Required>
      <Form.Item name="role" label={t('group.role')}>
        <Select options={choices(ROLES)} />
      </Form.Item>
      <Form.Item name="startDate" label={t('group.from')} extra={t('group.fromHint')}>
        <DateField />
      </Form.Item>
    </FormDialog>
  );
}

/** The last day of a member is today; what it was in the group before stays known. */
function EndMember({ member }: { member: Member }) {
  const { t } = useTranslation('customer');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const { groupId, memberId } = member;
  const ending = useMutation({
    mutationFn: () =>
      client.POST('/v1/customerGroups/{groupId}/members/{memberId}:end', { params: { path: { groupId, memberId } }, body: {} }),
    onSuccess: refreshGroups,
    onError: (error) => void message.error(words(error)),
  });
  if (member.endDate || !member.customer || member.customer.outsideScope) return null;
  return (
    <Popconfirm title={t('group.endAsked')} onConfirm={() => ending.mutate()}>
      <Button
        size="small"
        type="link"
        loading={ending.isPending}
        aria-label={t('group.endOf', { name: member.customer.displayName })}
      >
        {t('group.end')}
      </Button>
    </Popconfirm>
  );
}

const refreshGroups = () => refresh('/v1/customerGroups', '/v1/customers/{customerId}/groups');
