import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { LogContactButton } from '../../contacts/LogContact';
import { type Customer, isEnded } from '../customer';

type Contact = Schema<'activity.v1.Contact'>;

const TONES = {
  CONTACT_STATE_PLANNED: 'processing',
  CONTACT_STATE_NO_SHOW: 'warning',
} as const;

/** Every contact with the customer, whoever of the bank had it. */
export function ContactsTab({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const navigate = useNavigate();
  const { customerId } = customer;
  return (
    <Card title={t('contact.title')}>
      <KeysetTable<Contact>
        queryKey={['/v1/contacts', 'customer', customerId]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/contacts', {
            params: { query: { customerId, pageSize: 50, pageToken } },
            signal,
          });
          return { rows: data?.contacts ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(contact) => contact.contactId}
        label={t('contact.title')}
        onOpen={(contact) => void navigate(`/work/contacts/${contact.contactId}`)}
        empty={
          <EmptyState
            words={t('contact.none')}
            action={!isEnded(customer) && <LogContactButton customer={customer} type="default" />}
          />
        }
        card={(contact) => <ContactCard contact={contact} />}
        columns={[
          { title: t('contact.when'), width: 165, render: (_, contact) => <When contact={contact} /> },
          { title: t('contact.kind'), width: 100, render: (_, contact) => <Named value={contact.kind} /> },
          {
            title: t('contact.about'),
            width: 360,
            render: (_, contact) => (
              <Link to={`/work/contacts/${contact.contactId}`}>
                <About contact={contact} />
              </Link>
            ),
          },
          { title: t('contact.purpose'), width: 110, render: (_, contact) => <Named value={contact.purpose} /> },
          { title: t('contact.outcome'), width: 140, render: (_, contact) => <Outcome contact={contact} /> },
          { title: t('contact.by'), width: 110, dataIndex: 'ownerName' },
        ]}
      />
    </Card>
  );
}

function When({ contact }: { contact: Contact }) {
  const formats = useFormats();
  return (
    <span className="customer-nowrap">
      {formats.date(contact.businessDate)}{' '}
      <Typography.Text type="secondary">{contact.startTime && formats.time(contact.startTime)}</Typography.Text>
    </span>
  );
}

function About({ contact }: { contact: Contact }) {
  const { t } = useTranslation('customer');
  return <>{contact.subject || contact.summary.slice(0, 80) || t('minutes', { count: contact.minutes })}</>;
}

function Outcome({ contact }: { contact: Contact }) {
  if (contact.state !== 'CONTACT_STATE_DONE') {
    return <NamedTag value={contact.state} tone={TONES[contact.state as keyof typeof TONES] ?? 'default'} />;
  }
  return <Named value={contact.outcome} />;
}

function ContactCard({ contact }: { contact: Contact }) {
  return (
    <Link to={`/work/contacts/${contact.contactId}`}>
      <Card size="small">
        <Flex vertical gap={4}>
          <Flex justify="space-between">
            <span>
              <Tag variant="filled">
                <Named value={contact.kind} />
              </Tag>
              <About contact={contact} />
            </span>
          </Flex>
          <Flex justify="space-between">
            <When contact={contact} />
            <Outcome contact={contact} />
          </Flex>
        </Flex>
      </Card>
    </Link>
  );
}
