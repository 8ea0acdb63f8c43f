import { Button, Card, Descriptions, Flex, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { NamedTag, useNamed } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { Loaded } from '../../../design/States';
import { LogContactButton } from '../../contacts/LogContact';
import '../schedule.css';
import { usePersonName } from '../people';
import { Attachments } from './Attachments';
import { CancelContact } from './CancelContact';
import { type Contact, TONES } from './contact';
import { EditContact } from './EditContact';
import { Versions } from './Versions';

/** One contact: what was said and agreed, its files, and what was said of it before. */
export default function ContactPage() {
  const { contactId = '' } = useParams();
  const query = api.useQuery('get', '/v1/contacts/{contactId}', { params: { path: { contactId } } });
  return <Loaded query={query}>{(contact) => <ContactInFull contact={contact} />}</Loaded>;
}

function ContactInFull({ contact }: { contact: Contact }) {
  const { t } = useTranslation('schedule');
  const named = useNamed();
  const formats = useFormats();
  const { personId, leads, may } = useAccess();
  // Who is in charge of its owner changes it too; the gateway says no where that is somebody else.
  const mine = may('activity.contact.record') && (contact.ownerPersonId === personId || leads);
  const title = [named(contact.kind), contact.customerName].filter(Boolean).join(' ');
  return (
    <Page
      title={title}
      note={
        <Flex gap={8} align="center" wrap>
          <NamedTag value={contact.state} tone={TONES[contact.state]} />
          <span>
            {formats.dateLong(contact.businessDate)} {formats.time(contact.startTime)}
          </span>
        </Flex>
      }
      actions={mine && <Acts contact={contact} />}
    >
      <div className="schedule-two-columns">
        <Flex vertical gap={16}>
          <Card title={t('contacts.said')}>
            {contact.subject && <Typography.Paragraph strong>{contact.subject}</Typography.Paragraph>}
            {contact.summary ? (
              <Typography.Paragraph className="schedule-written">{contact.summary}</Typography.Paragraph>
            ) : (
              <Typography.Text type="secondary">{t('contacts.nothingSaid')}</Typography.Text>
            )}
            {contact.cancelReason && (
              <Typography.Paragraph>{t('contacts.because', { reason: contact.cancelReason })}</Typography.Paragraph>
            )}
          </Card>
          <Attachments contact={contact} mayChange={mine && contact.state !== 'CONTACT_STATE_CANCELLED'} />
          {contact.formerVersionCount > 0 && <Versions contact={contact} />}
        </Flex>
        <Card>
          <Facts contact={contact} />
        </Card>
      </div>
    </Page>
  );
}

function Facts({ contact }: { contact: Contact }) {
  const { t } = useTranslation('schedule');
  const named = useNamed();
  const formats = useFormats();
  const nameOf = usePersonName();
  const people = contact.peopleMet.map((person) => [person.displayName, person.title].filter(Boolean).join(' ')).filter(Boolean);
  const colleagues = contact.colleaguePersonIds.map(nameOf).filter(Boolean);
  const items = [
    {
      key: 'customer',
      label: t('form.customer'),
      children: contact.customerName && <Link to={`/customers/${contact.customerId}`}>{contact.customerName}</Link>,
    },
    { key: 'owner', label: t('contacts.owner'), children: contact.ownerName },
    {
      key: 'minutes',
      label: t('contacts.minutes'),
      children: contact.minutes > 0 && t('contacts.minutesOf', { count: contact.minutes }),
    },
    { key: 'channel', label: t('contacts.channel'), children: named(contact.channel) },
    { key: 'purpose', label: t('contacts.purpose'), children: named(contact.purpose) },
    { key: 'outcome', label: t('contacts.outcome'), children: named(contact.outcome) },
    { key: 'people', label: t('contacts.people'), children: people.join(t('form.comma')) },
    { key: 'colleagues', label: t('contacts.colleagues'), children: colleagues.join(t('form.comma')) },
    {
      key: 'products',
      label: t('contacts.products'),
      children: contact.products.map((product) => <Tag key={product}>{product}</Tag>),
    },
    { key: 'place', label: t('form.place'), children: contact.place },
    {
      key: 'opportunity',
      label: t('contacts.furthers'),
      children: contact.opportunityId ? (
        <Link to={`/work/leads/opportunities/${contact.opportunityId}`}>{t('contacts.opportunity')}</Link>
      ) : (
        contact.leadId && <Link to={`/work/leads/${contact.leadId}`}>{t('contacts.lead')}</Link>
      ),
    },
    {
      key: 'planned',
      label: t('contacts.plannedFor'),
      children: contact.planStartTime && formats.instant(contact.planStartTime),
    },
    { key: 'recorded', label: t('contacts.recorded'), children: formats.instant(contact.doneTime ?? contact.createTime) },
  ].filter(({ children }) => (Array.isArray(children) ? children.length : children));
  return <Descriptions column={1} size="small" items={items} />;
}

function Acts({ contact }: { contact: Contact }) {
  const { t } = useTranslation('schedule');
  const [open, setOpen] = useState<'edit' | 'cancel'>();
  const close = () => setOpen(undefined);
  const { state } = contact;
  if (state === 'CONTACT_STATE_CANCELLED' || state === 'CONTACT_STATE_NO_SHOW') return null;
  const planned = state === 'CONTACT_STATE_PLANNED';
  const completes = {
    contactId: contact.contactId,
    ...(contact.startTime ? { startTime: contact.startTime } : {}),
    ...(contact.minutes ? { minutes: contact.minutes } : {}),
  };
  return (
    <>
      {planned && (
        <LogContactButton
          completes={completes}
          kind={contact.kind}
          {...(contact.customerId ? { customer: { customerId: contact.customerId, displayName: contact.customerName } } : {})}
        >
          {t('contacts.complete')}
        </LogContactButton>
      )}
      <Button onClick={() => setOpen('edit')}>{t('contacts.edit')}</Button>
      <Button danger onClick={() => setOpen('cancel')}>
        {t(planned ? 'contacts.cancel' : 'contacts.withdraw')}
      </Button>
      {open === 'edit' && <EditContact contact={contact} onClose={close} />}
      {open === 'cancel' && <CancelContact contact={contact} onClose={close} />}
    </>
  );
}
