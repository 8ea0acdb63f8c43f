import { Card, Flex, Select, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag, useNamedChoices } from '../../../design/Named';
import { ScopeSelect, useScopePath } from '../../../design/ScopeSelect';
import { EmptyState } from '../../../design/States';
import { CLAIM_STATES, CLAIM_TONES, type Claim, type ClaimState } from './claims';
import { ObjectWords } from './ObjectWords';
import { PartsWords } from './PartsWords';

export interface Filters {
  scope: string;
  state: string;
}

export interface ListProps {
  filters: Filters;
  change: (changed: Partial<Filters & { objection: string }>) => void;
}

const PAGE_SIZE = 100;

/** Claims that one made or has a part in, or those of a unit. */
export function ClaimList({ filters, change }: ListProps) {
  const { t } = useTranslation('performance');
  const choices = useNamedChoices();
  const formats = useFormats();
  const organisationPath = useScopePath(filters.scope);
  const state = CLAIM_STATES.find((known) => known === filters.state);
  const load = async (pageToken: string, signal: AbortSignal) => {
    const query = {
      pageSize: PAGE_SIZE,
      ...(pageToken ? { pageToken } : {}),
      ...(organisationPath ? { organisationPath } : {}),
      ...(state ? { state } : {}),
    };
    const { data } = await client.GET('/v1/claims', { params: { query }, signal });
    return { rows: data?.claims ?? [], nextPageToken: data?.nextPageToken ?? '' };
  };
  return (
    <>
      <Flex wrap gap={8} className="performance-filters">
        <ScopeSelect value={filters.scope} onChange={(scope) => change({ scope })} />
        <Select<ClaimState | ''>
          aria-label={t('deals.state')}
          className="performance-filter"
          value={state ?? ''}
          options={[{ value: '', label: t('deals.allStates') }, ...choices(CLAIM_STATES)]}
          onChange={(chosen) => change({ state: chosen })}
        />
      </Flex>
      <KeysetTable<Claim>
        queryKey={['/v1/claims', 'list', organisationPath, state ?? '']}
        load={load}
        rowKey={(claim) => claim.claimId}
        label={t('claims.tab.claims')}
        empty={<EmptyState words={t('claims.none')} />}
        columns={[
          { title: t('claims.object'), key: 'object', width: 280, render: (_, claim) => <ClaimLink claim={claim} /> },
          { title: t('claims.parts'), key: 'parts', width: 260, render: (_, claim) => <PartsWords claim={claim} /> },
          {
            title: t('claims.period'),
            key: 'period',
            width: 220,
            render: (_, claim) =>
              `${formats.date(claim.startDate)} – ${claim.endDate ? formats.date(claim.endDate) : t('claims.open')}`,
          },
          { title: t('deals.state'), key: 'state', width: 170, render: (_, claim) => <ClaimTags claim={claim} /> },
          { title: t('claims.by'), key: 'by', width: 120, render: (_, claim) => claim.claimantName || t('claims.system') },
        ]}
        card={(claim) => (
          <Card size="small">
            <Flex justify="space-between" gap={8}>
              <ClaimLink claim={claim} />
              <ClaimTags claim={claim} />
            </Flex>
            <Typography.Text type="secondary">
              <PartsWords claim={claim} />
            </Typography.Text>
          </Card>
        )}
      />
    </>
  );
}

function ClaimLink({ claim }: { claim: Claim }) {
  return (
    <Link to={`/performance/claims/${claim.claimId}`}>
      <ObjectWords of={claim} />
    </Link>
  );
}

export function ClaimTags({ claim }: { claim: Claim }) {
  const { t } = useTranslation('performance');
  return (
    <span>
      <NamedTag value={claim.state} tone={CLAIM_TONES[claim.state] ?? 'default'} />
      {claim.objected && <Tag color="warning">{t('claims.objected')}</Tag>}
    </span>
  );
}
