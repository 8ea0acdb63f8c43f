import { ArrowDownOutlined, ArrowUpOutlined, PlusOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Flex, Grid, Segmented, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useBilingual } from '../../design/bilingual';
import { useFormats } from '../../design/formats';
import { NamedTag, useNamedChoices } from '../../design/Named';
import { useProductName } from '../../design/products';
import { EmptyState, Loaded } from '../../design/States';
import { UnitSelect } from '../../design/selects';
import { type FeedbackKind, KINDS, type Topic, useCategoryName, useTopics } from './needs';
import { TopicForm } from './TopicForm';

type Entry = Schema<'activity.v1.WantedEntry'>;

interface Filters {
  scope: string;
  days: string;
  kinds: string;
}

interface Props {
  filters: Filters;
  onChange: (changed: Partial<Filters>) => void;
}

/** What customers want most, by how many of them want it and what these are worth to the bank. */
export function WantedBoard({ filters, onChange }: Props) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  const organisationPath = filters.scope === 'mine' ? '' : filters.scope;
  const kinds = filters.kinds ? [filters.kinds as FeedbackKind] : [];
  const days = Number(filters.days);
  const board = useQuery({
    queryKey: ['/v1/feedback:board', organisationPath, days, kinds],
    queryFn: async () =>
      (await client.GET('/v1/feedback:board', { params: { query: { organisationPath, days, kinds, entriesMax: 100 } } })).data,
  });
  return (
    <Flex vertical gap={12}>
      <BoardFields filters={filters} onChange={onChange} />
      <Loaded query={board} rows={8}>
        {(data) => (
          <Card
            title={t('wantedTitle')}
            extra={data && t('span', { start: formats.date(data.startDate), end: formats.date(data.endDate) })}
          >
            {data?.entries.length ? <Entries entries={data.entries} /> : <EmptyState words={t('nothingWanted')} />}
          </Card>
        )}
      </Loaded>
      <Topics />
    </Flex>
  );
}

function BoardFields({ filters, onChange }: Props) {
  const { t } = useTranslation('needs');
  const choices = useNamedChoices();
  const { leads, scopePath } = useAccess();
  return (
    <Flex gap={12} wrap>
      <Segmented
        aria-label={t('kind')}
        value={filters.kinds}
        onChange={(kinds) => onChange({ kinds })}
        options={[{ value: '', label: t('needsAndSuggestions') }, ...choices<string>(KINDS)]}
      />
      <Segmented
        aria-label={t('workbench:field.period')}
        value={filters.days}
        onChange={(days) => onChange({ days })}
        options={['30', '90', '180', '365'].map((days) => ({ value: days, label: t('lastDays', { count: Number(days) }) }))}
      />
      {leads && (
        <UnitSelect
          aria-label={t('workbench:field.unit')}
          className="scope-unit"
          below={scopePath}
          value={filters.scope || scopePath}
          onChange={(scope) => onChange({ scope })}
        />
      )}
    </Flex>
  );
}

function Entries({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  const bilingual = useBilingual();
  const categoryName = useCategoryName();
  const productName = useProductName();
  const wide = Grid.useBreakpoint().md ?? true;
  const most = Math.max(1, ...entries.map(({ weight }) => weight));
  const cell = (render: (entry: Entry) => React.ReactNode) => (_: unknown, entry: Entry) => render(entry);
  return (
    <Table<Entry>
      aria-label={t('wantedTitle')}
      size="middle"
      pagination={false}
      rowKey={(entry) => `${entry.feedbackTopicId}/${entry.category}/${entry.product}`}
      dataSource={entries}
      columns={[
        {
          title: t('wanted'),
          key: 'name',
          render: cell((entry) => (
            <Flex vertical gap={4}>
              <Flex gap={8} wrap align="center">
                <strong>{bilingual(entry.displayName)}</strong>
                <NamedTag value={entry.state} tone={entry.state === 'FEEDBACK_TOPIC_STATE_DELIVERED' ? 'success' : 'default'} />
              </Flex>
              <span className="wanted-bar" style={{ width: `${(entry.weight / most) * 100}%` }} />
            </Flex>
          )),
        },
        ...(wide
          ? [
              {
                title: t('category'),
                key: 'category',
                width: 180,
                render: cell((entry) =>
                  [entry.feedbackTopicId && categoryName(entry.category), entry.product && productName(entry.product)]
                    .filter(Boolean)
                    .join(' · '),
                ),
              },
            ]
          : []),
        {
          title: t('customers'),
          key: 'customers',
          width: 90,
          align: 'right' as const,
          render: cell((entry) => formats.number(entry.customerCount)),
        },
        {
          title: t('trend'),
          key: 'trend',
          width: 110,
          align: 'right' as const,
          render: cell((entry) => <Trend entry={entry} />),
        },
        ...(wide
          ? [
              {
                title: t('unanswered'),
                key: 'open',
                width: 110,
                align: 'right' as const,
                render: cell((entry) => `${formats.number(entry.openCount)} / ${formats.number(entry.feedbackCount)}`),
              },
              {
                title: t('weight'),
                key: 'weight',
                width: 110,
                align: 'right' as const,
                render: cell((entry) => formats.number(entry.weight)),
              },
            ]
          : []),
      ]}
    />
  );
}

/** Against as many days before. */
function Trend({ entry }: { entry: Entry }) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  const more = entry.customerCount - entry.formerCustomerCount;
  if (entry.formerCustomerCount === 0) return <>{t('isNew')}</>;
  if (more === 0) return <>{t('same')}</>;
  return (
    <span>
      {more > 0 ? <ArrowUpOutlined aria-label={t('more')} /> : <ArrowDownOutlined aria-label={t('fewer')} />}{' '}
      {formats.number(Math.abs(more))}
    </span>
  );
}

/** Topics under which feedback is counted together, and what the bank makes of them. */
function Topics() {
  const { t } = useTranslation('needs');
  const { may } = useAccess();
  const formats = useFormats();
  const categoryName = useCategoryName();
  const topics = useTopics();
  const [edited, setEdited] = useState<Topic | 'new'>();
  const define = may('activity.feedback.define');
  if (!define && !topics.data?.length) return null;
  return (
    <Card
      title={t('topics')}
      extra={
        define && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
            {t('newTopic')}
          </Button>
        )
      }
    >
      <Loaded query={topics} rows={2} isEmpty={(list) => list.length === 0} empty={<EmptyState words={t('noTopics')} />}>
        {(list) => (
          <ul className="rows">
            {list.map((topic) => (
              <li key={topic.feedbackTopicId}>
                <Flex gap={8} wrap align="center">
                  <strong>{topic.displayName}</strong>
                  <span>{categoryName(topic.category)}</span>
                  <NamedTag value={topic.state} tone={topic.state === 'FEEDBACK_TOPIC_STATE_DELIVERED' ? 'success' : 'default'} />
                </Flex>
                <Flex gap={12} align="center">
                  {topic.plannedDate && <span>{t('plannedFor', { date: formats.date(topic.plannedDate) })}</span>}
                  {define && (
                    <Button
                      size="small"
                      onClick={() => setEdited(topic)}
                      aria-label={t('editTopic', { name: topic.displayName })}
                    >
                      {t('workbench:action.edit')}
                    </Button>
                  )}
                </Flex>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <TopicForm topic={edited === 'new' ? undefined : edited} open={edited !== undefined} onClose={() => setEdited(undefined)} />
    </Card>
  );
}
