import { Button, Descriptions, Drawer, Flex, Tag, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useSaid } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { addressOf } from '../../../shell/resources';
import { lookOf, type TimelineItem } from './lanes';
import { SeverityTag } from './SeverityTag';

/** What there is to know of a thing that happened, beside the chart. */
export function ItemDetails({
  item,
  asOfDate,
  onClose,
}: {
  item: TimelineItem | undefined;
  asOfDate: string;
  onClose: () => void;
}) {
  const { t } = useTranslation('customer');
  return (
    <Drawer
      open={item !== undefined}
      onClose={onClose}
      size={440}
      mask={false}
      title={item && <Named value={item.kind} />}
      aria-label={t('timeline.details')}
    >
      {item && <Details item={item} asOfDate={asOfDate} />}
    </Drawer>
  );
}

function Details({ item, asOfDate }: { item: TimelineItem; asOfDate: string }) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const formats = useFormats();
  const said = useSaid();
  const [kind = '', id = ''] = item.resource.split('/');
  const address = addressOf(item.resource);
  const ends = item.endDate && item.endDate !== item.date;
  return (
    <Flex vertical gap={16}>
      <Flex vertical gap={6}>
        <Typography.Text strong className="item-words">
          {said(item)}
        </Typography.Text>
        <Flex wrap gap={8} align="center">
          {lookOf(item.kind).lane === 'signal' && <SeverityTag severity={item.severity} />}
          {item.date > asOfDate && asOfDate && <Tag color="processing">{t('timeline.ahead')}</Tag>}
          <Typography.Text type="secondary">
            {formats.dateLong(item.date)}
            {ends && ` – ${formats.dateLong(item.endDate)}`}
          </Typography.Text>
        </Flex>
      </Flex>
      {kind === 'contacts' && may('activity.contact.read') && <ContactDetails contactId={id} />}
      {kind === 'signals' && may('analytics.signal.read') && <SignalDetails signalId={id} />}
      {kind === 'feedback' && may('activity.feedback.read') && <FeedbackDetails feedbackId={id} />}
      {kind === 'opportunities' && may('activity.lead.read') && <OpportunityDetails opportunityId={id} />}
      {item.personName && <Line label={t('timeline.who')}>{item.personName}</Line>}
      {item.dueDate && <Line label={t('timeline.due')}>{formats.dateLong(item.dueDate)}</Line>}
      {address && (
        <Link to={address}>
          <Button block>{t('timeline.open')}</Button>
        </Link>
      )}
    </Flex>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Flex gap={12}>
      <Typography.Text type="secondary" className="customer-line-label">
        {label}
      </Typography.Text>
      <span>{children}</span>
    </Flex>
  );
}

function ContactDetails({ contactId }: { contactId: string }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const query = api.useQuery('get', '/v1/contacts/{contactId}', { params: { path: { contactId } } });
  return (
    <Loaded query={query} rows={3}>
      {(contact) => (
        <Flex vertical gap={10}>
          {contact.subject && <Typography.Text strong>{contact.subject}</Typography.Text>}
          {contact.summary && <Typography.Paragraph className="customer-said">{contact.summary}</Typography.Paragraph>}
          <Line label={t('contact.state')}>
            <Named value={contact.state} />
            {contact.outcome !== 'CONTACT_OUTCOME_UNSPECIFIED' && ' · '}
            <Named value={contact.outcome} />
          </Line>
          {contact.purpose !== 'CONTACT_PURPOSE_UNSPECIFIED' && (
            <Line label={t('contact.purpose')}>
              <Named value={contact.purpose} />
            </Line>
          )}
          <Line label={t('contact.when')}>
            {formats.instant(contact.startTime)} · {t('minutes', { count: contact.minutes })}
          </Line>
          {contact.peopleMet.length > 0 && (
            <Line label={t('contact.met')}>
              {contact.peopleMet
                .map((person) => [person.displayName, person.title].filter(Boolean).join(' '))
                .join(t('listSeparator'))}
            </Line>
          )}
          {contact.products.length > 0 && <Line label={t('contact.products')}>{contact.products.join(t('listSeparator'))}</Line>}
        </Flex>
      )}
    </Loaded>
  );
}

function SignalDetails({ signalId }: { signalId: string }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const said = useSaid();
  const query = api.useQuery('get', '/v1/signals/{signalId}', { params: { path: { signalId } } });
  return (
    <Loaded query={query} rows={5}>
      {(signal) => (
        <Flex vertical gap={12}>
          <Line label={t('signal.name')}>{said({ chinese: signal.chineseName, english: signal.englishName })}</Line>
          <Line label={t('signal.state')}>
            <Named value={signal.state} />
            {signal.firstSeenDate && ` · ${t('signal.seen', { date: formats.date(signal.firstSeenDate) })}`}
          </Line>
          <Descriptions
            size="small"
            column={1}
            bordered
            title={t('signal.evidence')}
            items={signal.evidence
              .filter((each) => !each.threshold)
              .map((each) => ({
                key: each.name,
                label: said({ chinese: each.chineseName, english: each.englishName }),
                children: said({ chinese: each.chineseValue, english: each.englishValue }),
              }))}
          />
          <div className="customer-advice">
            <Typography.Text strong>{t('signal.advice')}</Typography.Text>
            <p>{said({ chinese: signal.chineseAdvice, english: signal.englishAdvice })}</p>
          </div>
        </Flex>
      )}
    </Loaded>
  );
}

function FeedbackDetails({ feedbackId }: { feedbackId: string }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const query = api.useQuery('get', '/v1/feedback/{feedbackId}', { params: { path: { feedbackId } } });
  return (
    <Loaded query={query} rows={4}>
      {(item) => (
        <Flex vertical gap={10}>
          <Typography.Paragraph className="customer-said">{item.words}</Typography.Paragraph>
          <Line label={t('workbench:field.state')}>
            <Named value={item.state} />
            {item.severity !== 'FEEDBACK_SEVERITY_UNSPECIFIED' && ' · '}
            <Named value={item.severity} />
          </Line>
          {item.answerDueDate && <Line label={t('feedback.due')}>{formats.date(item.answerDueDate)}</Line>}
          {item.answer && <Line label={t('feedback.answer')}>{item.answer}</Line>}
          {item.toldDate && <Line label={t('feedback.told')}>{formats.date(item.toldDate)}</Line>}
        </Flex>
      )}
    </Loaded>
  );
}

function OpportunityDetails({ opportunityId }: { opportunityId: string }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const query = api.useQuery('get', '/v1/opportunities/{opportunityId}', { params: { path: { opportunityId } } });
  return (
    <Loaded query={query} rows={4}>
      {(opportunity) => (
        <Flex vertical gap={10}>
          <Typography.Text strong>{opportunity.title}</Typography.Text>
          <Line label={t('workbench:field.state')}>
            <Named value={opportunity.state} />
          </Line>
          <Line label={t('opportunity.amount')}>
            <Amount money={opportunity.expectedAmount} />
          </Line>
          <Line label={t('opportunity.close')}>{formats.date(opportunity.closeDate || opportunity.expectedCloseDate)}</Line>
        </Flex>
      )}
    </Loaded>
  );
}
