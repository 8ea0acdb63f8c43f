import { Button, Card, Flex, Select, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag, useNamedChoices } from '../../../design/Named';
import { ScopeSelect, useScopePath } from '../../../design/ScopeSelect';
import { EmptyState } from '../../../design/States';
import type { ListProps } from './ClaimList';
import { OBJECTION_TONES, type Objection } from './claims';
import { ObjectWords } from './ObjectWords';

const PAGE_SIZE = 100;
const STATES = [
  'OBJECTION_STATE_RAISED',
  'OBJECTION_STATE_UPHELD',
  'OBJECTION_STATE_DISMISSED',
  'OBJECTION_STATE_WITHDRAWN',
] as const;
type State = (typeof STATES)[number];

/** Objections that one raised, or those of a unit. */
export function ObjectionList({ filters, change }: ListProps) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const choices = useNamedChoices();
  const organisationPath = useScopePath(filters.scope);
  const state = STATES.find((known) => known === filters.state);
  const load = async (pageToken: string, signal: AbortSignal) => {
    const query = {
      pageSize: PAGE_SIZE,
      ...(pageToken ? { pageToken } : {}),
      ...(organisationPath ? { organisationPath } : {}),
      ...(state ? { state } : {}),
    };
    const { data } = await client.GET('/v1/objections', { params: { query }, signal });
    return { rows: data?.objections ?? [], nextPageToken: data?.nextPageToken ?? '' };
  };
  const open = (objection: Objection) => (
    <Button type="link" size="small" className="opener" onClick={() => change({ objection: objection.objectionId })}>
      <ObjectWords of={objection} />
    </Button>
  );
  const tag = (objection: Objection) => <NamedTag value={objection.state} tone={OBJECTION_TONES[objection.state] ?? 'default'} />;
  return (
    <>
      <Flex wrap gap={8} className="performance-filters">
        <ScopeSelect value={filters.scope} onChange={(scope) => change({ scope })} />
        <Select<State | ''>
          aria-label={t('deals.state')}
          className="performance-filter"
          value={state ?? ''}
          options={[{ value: '', label: t('deals.allStates') }, ...choices(STATES)]}
          onChange={(chosen) => change({ state: chosen })}
        />
      </Flex>
      <KeysetTable<Objection>
        queryKey={['/v1/objections', organisationPath, state ?? '']}
        load={load}
        rowKey={(objection) => objection.objectionId}
        label={t('claims.tab.objections')}
        empty={<EmptyState words={t('objections.none')} />}
        columns={[
          { title: t('claims.object'), key: 'object', width: 260, render: (_, objection) => open(objection) },
          {
            title: t('objections.by'),
            key: 'by',
            width: 130,
            render: (_, { objectorName }) => objectorName || t('deals.somebody'),
          },
          { title: t('objections.evidence'), dataIndex: 'evidence', width: 340, ellipsis: true },
          { title: t('objections.dueDate'), key: 'due', width: 130, render: (_, { dueDate }) => formats.date(dueDate) },
          { title: t('deals.state'), key: 'state', width: 130, render: (_, objection) => tag(objection) },
        ]}
        card={(objection) => (
          <Card size="small">
            <Flex justify="space-between" gap={8}>
              {open(objection)}
              {tag(objection)}
            </Flex>
            <Typography.Paragraph type="secondary" ellipsis={{ rows: 2 }}>
              {objection.evidence}
            </Typography.Paragraph>
          </Card>
        )}
      />
    </>
  );
}
