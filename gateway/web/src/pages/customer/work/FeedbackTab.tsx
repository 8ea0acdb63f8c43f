import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import type { Customer } from '../customer';

type Feedback = Schema<'activity.v1.Feedback'>;

/** What the customer needs, thinks and complains of, and what came of it. */
export function FeedbackTab({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const navigate = useNavigate();
  const { customerId } = customer;
  return (
    <Card title={t('feedback.title')}>
      <KeysetTable<Feedback>
        queryKey={['/v1/feedback', 'customer', customerId]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/feedback', {
            params: { query: { customerId, pageSize: 50, pageToken } },
            signal,
          });
          return { rows: data?.feedback ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(item) => item.feedbackId}
        label={t('feedback.title')}
        onOpen={(item) => void navigate(`/work/needs/${item.feedbackId}`)}
        empty={<EmptyState words={t('feedback.none')} />}
        card={(item) => <FeedbackCard item={item} />}
        columns={[
          { title: t('workbench:field.date'), width: 130, render: (_, item) => <ReceivedDate item={item} /> },
          { title: t('feedback.kind'), width: 130, render: (_, item) => <Kind item={item} /> },
          {
            title: t('feedback.words'),
            width: 380,
            render: (_, item) => <Link to={`/work/needs/${item.feedbackId}`}>{item.words}</Link>,
          },
          { title: t('workbench:field.state'), width: 190, render: (_, item) => <State item={item} /> },
          { title: t('feedback.answerer'), width: 110, render: (_, item) => item.assigneeName || item.ownerName },
        ]}
      />
    </Card>
  );
}

function ReceivedDate({ item }: { item: Feedback }) {
  return <span className="customer-nowrap">{useFormats().date(item.receivedDate)}</span>;
}

function Kind({ item }: { item: Feedback }) {
  return (
    <>
      <Named value={item.kind} />
      {item.severity !== 'FEEDBACK_SEVERITY_UNSPECIFIED' && (
        <Typography.Text type="secondary">
          {' · '}
          <Named value={item.severity} />
        </Typography.Text>
      )}
    </>
  );
}

function State({ item }: { item: Feedback }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const open = item.state === 'FEEDBACK_STATE_OPEN';
  return (
    <Flex gap={4} align="center">
      <NamedTag value={item.state} tone={item.overdue ? 'error' : open ? 'processing' : 'default'} />
      {open && (
        <Typography.Text type={item.overdue ? 'danger' : 'secondary'} className="customer-nowrap">
          {t(item.overdue ? 'open.late' : 'open.due', { date: formats.date(item.answerDueDate) })}
        </Typography.Text>
      )}
    </Flex>
  );
}

function FeedbackCard({ item }: { item: Feedback }) {
  return (
    <Link to={`/work/needs/${item.feedbackId}`}>
      <Card size="small">
        <Flex vertical gap={4}>
          <span>
            <Tag variant="filled">
              <Named value={item.kind} />
            </Tag>
            {item.words}
          </span>
          <Flex justify="space-between" wrap>
            <ReceivedDate item={item} />
            <State item={item} />
          </Flex>
        </Flex>
      </Card>
    </Link>
  );
}
