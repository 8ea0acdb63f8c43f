import { Card, Flex, Tag, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { EmptyState, LoadingState, PartialState } from '../../../design/States';
import type { Customer } from '../customer';

interface Open {
  key: string;
  to: string;
  kind: ReactNode;
  words: ReactNode;
  aside: ReactNode;
  dueDate: string;
  late: boolean;
}

/** What is open for the customer, whatever it is: what is late and due first stands on top. */
export function OpenWork({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const { rows, pending, failed, retry } = useOpen(customer.customerId);
  return (
    <Card title={t('open.title')} size="small" className="customer-list-card">
      {failed && <PartialState words={t('open.partial')} onRetry={retry} />}
      {pending && <LoadingState rows={3} />}
      {!pending && !failed && rows.length === 0 && <EmptyState words={t('open.none')} />}
      <ul className="customer-rows">
        {rows.map((row) => (
          <li key={row.key}>
            <Link to={row.to}>
              <Tag variant="filled" className="customer-row-kind">
                {row.kind}
              </Tag>
              <span className="customer-row-words">{row.words}</span>
              <Flex gap={12} align="center" className="customer-row-aside">
                {row.aside}
                {row.dueDate && (
                  <Typography.Text type={row.late ? 'danger' : 'secondary'} className="customer-nowrap">
                    {t(row.late ? 'open.late' : 'open.due', { date: formats.date(row.dueDate) })}
                  </Typography.Text>
                )}
              </Flex>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function useOpen(customerId: string) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const tasks = api.useQuery(
    'get',
    '/v1/tasks',
    { params: { query: { customerId, pageSize: 20 } } },
    { enabled: may('activity.task.read') },
  );
  const feedback = api.useQuery(
    'get',
    '/v1/feedback',
    { params: { query: { customerId, pageSize: 20, states: ['FEEDBACK_STATE_OPEN', 'FEEDBACK_STATE_ANSWERED'] } } },
    { enabled: may('activity.feedback.read') },
  );
  const opportunities = api.useQuery(
    'get',
    '/v1/opportunities',
    { params: { query: { customerId, pageSize: 20, states: ['OPPORTUNITY_STATE_OPEN'] } } },
    { enabled: may('activity.lead.read') },
  );
  const planned = api.useQuery(
    'get',
    '/v1/contacts',
    { params: { query: { customerId, pageSize: 10, states: ['CONTACT_STATE_PLANNED'] } } },
    { enabled: may('activity.contact.read') },
  );
  const asked = [tasks, feedback, opportunities, planned];
  const rows: Open[] = [
    ...(tasks.data?.tasks ?? []).map((task) => ({
      key: task.taskId,
      to: `/work/tasks/${task.taskId}`,
      kind: t('open.task'),
      words: task.title,
      aside: null,
      dueDate: task.dueDate,
      late: task.overdue,
    })),
    ...(feedback.data?.feedback ?? []).map((item) => ({
      key: item.feedbackId,
      to: `/work/needs/${item.feedbackId}`,
      kind: <Named value={item.kind} />,
      words: item.words,
      aside: item.state === 'FEEDBACK_STATE_ANSWERED' && <Tag color="processing">{t('open.toTell')}</Tag>,
      dueDate: item.answerDueDate,
      late: item.overdue,
    })),
    ...(planned.data?.contacts ?? []).map((contact) => ({
      key: contact.contactId,
      to: `/work/contacts/${contact.contactId}`,
      kind: <Named value={contact.kind} />,
      words: contact.subject || t('open.planned'),
      aside: null,
      dueDate: contact.businessDate,
      late: false,
    })),
    ...(opportunities.data?.opportunities ?? []).map((opportunity) => ({
      key: opportunity.opportunityId,
      to: `/work/leads/opportunities/${opportunity.opportunityId}`,
      kind: t('open.opportunity'),
      words: opportunity.title,
      aside: <Amount money={opportunity.expectedAmount} />,
      dueDate: opportunity.expectedCloseDate,
      late: opportunity.overdue,
    })),
  ];
  return {
    rows: rows.sort(
      (one, other) => Number(other.late) - Number(one.late) || (one.dueDate || '9').localeCompare(other.dueDate || '9'),
    ),
    pending: asked.some((query) => query.isLoading),
    failed: asked.some((query) => query.error),
    retry: () => {
      for (const query of asked) if (query.error) void query.refetch();
    },
  };
}
