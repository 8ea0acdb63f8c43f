import { PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { useNamedChoices } from '../../design/Named';
import { Page } from '../../design/Page';
import { useDebounced } from '../../design/useDebounced';
import { useFilters } from '../../design/useFilters';
import { DocumentForm } from './DocumentForm';
import { DocumentList } from './DocumentList';
import { KINDS } from './knowledge';
import { SearchResults } from './SearchResults';
import './knowledge.css';

const DEFAULTS = { q: '', kind: '', unread: '', all: '' };
export type Filters = typeof DEFAULTS;

/** What everybody at work should know: found by words, or listed, what must be read first. */
export default function KnowledgePage() {
  const { t } = useTranslation('knowledge');
  const { may } = useAccess();
  const choices = useNamedChoices();
  const [filters, change] = useFilters(DEFAULTS);
  const [adding, setAdding] = useState(false);
  const publishes = may('activity.knowledge.publish');
  const query = useDebounced(filters.q.trim(), 250);
  return (
    <Page
      title={t('title')}
      actions={
        publishes && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t('new')}
          </Button>
        )
      }
    >
      <Flex gap={12} wrap align="center" className="filters">
        <Input.Search
          className="knowledge-search"
          allowClear
          maxLength={100}
          aria-label={t('search')}
          placeholder={t('search')}
          value={filters.q}
          onChange={(event) => change({ q: event.target.value })}
        />
        <Select
          aria-label={t('kind')}
          className="filter-field"
          value={filters.kind}
          onChange={(kind) => change({ kind })}
          popupMatchSelectWidth={false}
          options={[{ value: '', label: t('allKinds') }, ...choices<string>(KINDS)]}
        />
        {!query && (
          <Toggle words={t('onlyUnread')} on={filters.unread === 'yes'} onChange={(on) => change({ unread: on ? 'yes' : '' })} />
        )}
        {!query && publishes && (
          <Toggle words={t('allStates')} on={filters.all === 'yes'} onChange={(on) => change({ all: on ? 'yes' : '' })} />
        )}
      </Flex>
      {query ? <SearchResults query={query} kind={filters.kind} /> : <DocumentList filters={filters} />}
      <DocumentForm document={undefined} open={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function Toggle({ words, on, onChange }: { words: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <Flex gap={8} align="center">
      <Switch size="small" aria-label={words} checked={on} onChange={onChange} />
      <span>{words}</span>
    </Flex>
  );
}
