import { Card, Flex, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { NamedTag } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { FailureState, Loaded, LoadingState } from '../../../design/States';
import { useUnitNames } from '../../../design/selects';
import { DealActions } from './DealActions';
import { type Deal, STATE_TONES, useDealTitle } from './deals';
import { ProposeDialog } from './ProposeDialog';
import { SchemesChart } from './SchemesChart';
import { SchemesTable } from './SchemesTable';
import { Team } from './Team';
import { Touches } from './Touches';
import { Versions } from './Versions';
import '../performance.css';

/** One deal: its team, all schemes side by side, the contacts they go by, and what was decided. */
export default function DealPage() {
  const { dealId = '' } = useParams();
  const { t } = useTranslation('performance');
  const deal = api.useQuery('get', '/v1/deals/{dealId}', { params: { path: { dealId } } });
  if (!deal.data) {
    return (
      <Page title={t('deals.title')}>
        {deal.error ? <FailureState error={deal.error} onRetry={() => void deal.refetch()} /> : <LoadingState rows={10} />}
      </Page>
    );
  }
  return <OneDeal deal={deal.data} />;
}

function OneDeal({ deal }: { deal: Deal }) {
  const { t, i18n } = useTranslation('performance');
  const title = useDealTitle();
  const { dealId } = deal;
  const languageCode = i18n.language === 'zh' ? 'zh' : 'en';
  const comparison = api.useQuery('get', '/v1/deals/{dealId}:compareSchemes', {
    params: { path: { dealId }, query: { languageCode } },
  });
  const touches = api.useQuery('get', '/v1/deals/{dealId}/touches', { params: { path: { dealId }, query: { pageSize: 1000 } } });
  const [proposing, setProposing] = useState('');
  const splits = comparison.data?.splits ?? [];
  const chosen = splits.find((split) => split.schemeId === proposing);
  return (
    <Page
      title={
        <>
          {title(deal)} <NamedTag value={deal.state} tone={STATE_TONES[deal.state] ?? 'default'} />
        </>
      }
      tab={title(deal)}
      note={<Facts deal={deal} />}
      actions={<DealActions deal={deal} splits={splits} />}
    >
      <Flex vertical gap={16}>
        <Team deal={deal} splits={splits} />
        <Card
          title={t('schemes.title')}
          extra={
            comparison.data && (
              <Typography.Text type="secondary">
                {t('schemes.basis', { touches: comparison.data.touchCount, journeys: comparison.data.journeyCount })}
              </Typography.Text>
            )
          }
        >
          <Loaded query={comparison} rows={10}>
            {() => (
              <>
                <SchemesChart deal={deal} splits={splits} />
                <SchemesTable deal={deal} splits={splits} touches={touches.data?.touches ?? []} onPropose={setProposing} />
              </>
            )}
          </Loaded>
        </Card>
        <Touches deal={deal} query={touches} />
        <Versions deal={deal} splits={splits} />
      </Flex>
      {chosen && <ProposeDialog deal={deal} split={chosen} onClose={() => setProposing('')} />}
    </Page>
  );
}

function Facts({ deal }: { deal: Deal }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const unitName = useUnitNames();
  return (
    <Flex wrap gap="2px 16px" component="span">
      {deal.customerName && <Link to={`/customers/${deal.customerId}`}>{deal.customerName}</Link>}
      <span className="amount">{formats.money(deal.amount)}</span>
      <span>{t('deals.wonOn', { date: formats.date(deal.closeDate) })}</span>
      <span>{unitName(deal.organisationPath)}</span>
      {deal.opportunityId && <Link to={`/work/leads/opportunities/${deal.opportunityId}`}>{t('deals.opportunity')}</Link>}
    </Flex>
  );
}
