import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import type { Customer } from '../customer';

type Opportunity = Schema<'activity.v1.Opportunity'>;

const TONES = {
  OPPORTUNITY_STATE_OPEN: 'processing',
  OPPORTUNITY_STATE_WON: 'success',
} as const;

const addressOfOne = (opportunity: Opportunity) => `/work/leads/opportunities/${opportunity.opportunityId}`;

/** Business that the bank may win, won or lost with the customer. */
export function OpportunitiesTab({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const navigate = useNavigate();
  const { customerId } = customer;
  return (
    <Card title={t('opportunity.title')}>
      <KeysetTable<Opportunity>
        queryKey={['/v1/opportunities', 'customer', customerId]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/opportunities', {
            params: { query: { customerId, pageSize: 50, pageToken } },
            signal,
          });
          return { rows: data?.opportunities ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(opportunity) => opportunity.opportunityId}
        label={t('opportunity.title')}
        onOpen={(opportunity) => void navigate(addressOfOne(opportunity))}
        empty={<EmptyState words={t('opportunity.none')} />}
        card={(opportunity) => <OpportunityCard opportunity={opportunity} />}
        columns={[
          {
            title: t('opportunity.about'),
            width: 320,
            render: (_, opportunity) => <Link to={addressOfOne(opportunity)}>{opportunity.title}</Link>,
          },
          { title: t('workbench:field.state'), width: 110, render: (_, opportunity) => <State opportunity={opportunity} /> },
          {
            title: t('opportunity.amount'),
            width: 130,
            align: 'right',
            render: (_, opportunity) => <Amount money={opportunity.expectedAmount} />,
          },
          { title: t('opportunity.opened'), width: 130, render: (_, opportunity) => formats.date(opportunity.openDate) },
          {
            title: t('opportunity.close'),
            width: 130,
            render: (_, opportunity) => formats.date(opportunity.closeDate || opportunity.expectedCloseDate),
          },
          { title: t('opportunity.owner'), width: 110, dataIndex: 'ownerName' },
        ]}
      />
    </Card>
  );
}

function State({ opportunity }: { opportunity: Opportunity }) {
  return <NamedTag value={opportunity.state} tone={TONES[opportunity.state as keyof typeof TONES] ?? 'default'} />;
}

function OpportunityCard({ opportunity }: { opportunity: Opportunity }) {
  const formats = useFormats();
  return (
    <Link to={addressOfOne(opportunity)}>
      <Card size="small">
        <Flex justify="space-between" gap={8}>
          <span>{opportunity.title}</span>
          <Amount money={opportunity.expectedAmount} />
        </Flex>
        <Flex justify="space-between" gap={8}>
          <Typography.Text type="secondary">{formats.date(opportunity.openDate)}</Typography.Text>
          <State opportunity={opportunity} />
        </Flex>
      </Card>
    </Link>
  );
}
