import { Card, Descriptions, Flex, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { Named, useNamed } from '../../../design/Named';
import { type Customer, isOrganisation } from '../customer';

/** Who the customer is, as the record says. What it does not say is left out. */
export function Profile({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const rows = useProfile(customer).filter(({ shown }) => shown);
  return (
    <Card title={t('profile.title')} size="small">
      <Descriptions
        column={1}
        size="small"
        colon={false}
        className="customer-profile"
        items={rows.map(({ label, shown }) => ({ key: label, label, children: shown }))}
      />
    </Card>
  );
}

function useProfile(customer: Customer): { label: string; shown: ReactNode }[] {
  const { t, i18n } = useTranslation('customer');
  const formats = useFormats();
  const named = useNamed();
  const { preferences } = customer;
  const languages = new Intl.DisplayNames([i18n.language], { type: 'language' });
  return [
    {
      label: t(isOrganisation(customer) ? 'field.founded' : 'field.born'),
      shown: customer.birthOrFoundingDate && formats.date(customer.birthOrFoundingDate),
    },
    { label: t('field.otherNames'), shown: stacked(customer.otherNames.map((name) => `${name.name}（${named(name.kind)}）`)) },
    { label: t('field.industry'), shown: customer.industryCode },
    { label: t('field.size'), shown: named(customer.size) },
    { label: t('field.ownership'), shown: named(customer.ownership) },
    { label: t('field.listing'), shown: customer.listing },
    {
      label: t('field.contactPoints'),
      shown: stacked(
        customer.contactPoints.map((point) => [named(point.kind), point.label, point.value].filter(Boolean).join(' ')),
      ),
    },
    {
      label: t('field.addresses'),
      shown: stacked(
        customer.addresses.map((address) => [named(address.kind), `${address.divisionName}${address.line}`].join(' ')),
      ),
    },
    { label: t('field.channel'), shown: named(preferences?.channel) },
    { label: t('field.contactHours'), shown: preferences?.contactHours },
    { label: t('field.language'), shown: preferences?.languageCode && languages.of(preferences.languageCode) },
    { label: t('field.noOffers'), shown: preferences?.noOffers && <Tag color="warning">{t('yes')}</Tag> },
    { label: t('field.consents'), shown: <Consents customer={customer} /> },
    { label: t('field.tags'), shown: customer.tags.length > 0 && customer.tags.map((tag) => <Tag key={tag}>{tag}</Tag>) },
    ...Object.entries(customer.customFields).map(([name, value]) => ({ label: name, shown: value })),
    { label: t('field.documents'), shown: stacked(customer.documents.map((document) => document.title)) },
    { label: t('field.since'), shown: formats.instant(customer.createTime) },
  ].filter(({ label, shown }) => label !== t('field.consents') || (shown && customer.consents.length > 0));
}

function stacked(lines: string[]): ReactNode {
  return (
    lines.length > 0 && (
      <Flex vertical gap={2}>
        {lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
      </Flex>
    )
  );
}

function Consents({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  return (
    <Flex vertical gap={2}>
      {customer.consents.map((consent) => (
        <span key={`${consent.purpose}${consent.channel}${consent.effectiveDate}`}>
          {t(`purpose.${consent.purpose}`, { defaultValue: consent.purpose })} <Named value={consent.channel} />{' '}
          <Tag color={consent.state === 'CONSENT_STATE_GRANTED' ? 'success' : 'default'}>
            <Named value={consent.state} />
          </Tag>
          {formats.date(consent.effectiveDate)}
        </span>
      ))}
    </Flex>
  );
}
