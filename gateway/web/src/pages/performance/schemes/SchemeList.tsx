import { Card, Flex, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { useBilingual } from '../../../design/bilingual';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { Text } from '../../../design/Text';
import { isWaiting, type Scheme, STATE_TONES, useRuleWords } from './schemes';

export type Which = 'offered' | 'waiting' | 'all';

const PAGE_SIZE = 100;

/** Schemes that are offered, with those that no longer are, or versions that wait. */
export function SchemeList({ which }: { which: Which }) {
  const { t } = useTranslation('schemes');
  const ruleWords = useRuleWords();
  return (
    <KeysetTable<Scheme>
      label={t('title')}
      queryKey={['/v1/schemes', 'list', which]}
      load={async (pageToken, signal) => {
        const query = { pageSize: PAGE_SIZE, pageToken, proposed: which === 'waiting', withRetired: which !== 'offered' };
        const { data } = await client.GET('/v1/schemes', { params: { query }, signal });
        return { rows: data?.schemes ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(scheme) => scheme.schemeId}
      empty={<EmptyState words={t(which === 'waiting' ? 'none.waiting' : 'none.offered')} />}
      columns={[
        { title: t('scheme'), key: 'scheme', width: 220, render: (_, scheme) => <SchemeLink scheme={scheme} /> },
        { title: t('kind'), key: 'kind', width: 140, render: (_, scheme) => <Named value={scheme.kind} /> },
        { title: t('rule'), key: 'rule', width: 480, render: (_, scheme) => ruleWords(scheme) },
        {
          title: t('version'),
          key: 'version',
          width: 90,
          render: (_, scheme) => t('versionOf', { number: scheme.versionNumber }),
        },
        { title: t('state'), key: 'state', width: 150, render: (_, scheme) => <SchemeTags scheme={scheme} /> },
      ]}
      card={(scheme) => (
        <Card size="small">
          <Flex justify="space-between" gap={8}>
            <SchemeLink scheme={scheme} />
            <SchemeTags scheme={scheme} />
          </Flex>
          <Text type="secondary">{ruleWords(scheme)}</Text>
        </Card>
      )}
    />
  );
}

function SchemeLink({ scheme }: { scheme: Scheme }) {
  const bilingual = useBilingual();
  return <Link to={`/performance/schemes/${scheme.schemeId}`}>{bilingual(scheme.displayName)}</Link>;
}

/** How a version stands: what is published is offered, unless it is retired. */
export function SchemeTags({ scheme }: { scheme: Scheme }) {
  const { t } = useTranslation('schemes');
  return (
    <span>
      {(!scheme.retired || isWaiting(scheme)) && <NamedTag value={scheme.state} tone={STATE_TONES[scheme.state] ?? 'default'} />}
      {scheme.retired && <Tag>{t(isWaiting(scheme) ? 'toRetire' : 'retired')}</Tag>}
    </span>
  );
}
