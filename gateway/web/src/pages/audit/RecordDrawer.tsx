import { Button, Descriptions, Drawer, Flex, Table, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../design/formats';
import { EmptyState } from '../../design/States';
import { PersonName, useServiceName } from '../administration/names';
import { type ChangedField, type ChangedRow, changesOf, valueText } from './changes';
import type { AuditRecord } from './merging';
import { Actor, OutcomeTag } from './RecordsPage';

interface Props {
  record: AuditRecord;
  onClose: () => void;
  /** Seeks what else was done by the person, or on the resource. */
  onSeek: (filters: { person?: string; resource?: string }) => void;
}

/** One act: who, what, why, and what it changed. */
export function RecordDrawer({ record, onClose, onSeek }: Props) {
  const { t } = useTranslation(['audit', 'administration']);
  const changes = changesOf(record.changesJson);
  return (
    <Drawer open size={760} title={t('one', { sequence: record.sequence })} onClose={onClose}>
      <Flex vertical gap={16}>
        <Facts record={record} />
        <Flex wrap gap={8}>
          {record.personId && <Button onClick={() => onSeek({ person: record.personId })}>{t('morePerson')}</Button>}
          {record.resource && <Button onClick={() => onSeek({ resource: record.resource })}>{t('moreResource')}</Button>}
        </Flex>
        <Typography.Title level={2} className="section-title">
          {t('changes')}
        </Typography.Title>
        {changes.length ? changes.map((row) => <RowChange key={row.place} row={row} />) : <EmptyState words={t('noChanges')} />}
      </Flex>
    </Drawer>
  );
}

function Facts({ record }: { record: AuditRecord }) {
  const { t } = useTranslation(['audit', 'administration']);
  const formats = useFormats();
  const name = useServiceName();
  const copied = (text: string) =>
    text ? (
      <Typography.Text copyable className="identifier">
        {text}
      </Typography.Text>
    ) : (
      '—'
    );
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2 }}
      items={[
        { key: 'when', label: t('when'), children: formats.instant(record.actTime) },
        { key: 'exact', label: t('exact'), children: <span className="identifier">{record.actTime}</span> },
        { key: 'outcome', label: t('outcome'), children: <OutcomeTag outcome={record.outcome} /> },
        {
          key: 'who',
          label: t('who'),
          children: record.personId ? <PersonName personId={record.personId} /> : <Actor record={record} />,
        },
        { key: 'login', label: t('administration:people.login'), children: record.login || '—' },
        { key: 'service', label: t('administration:service'), children: name(record.service) },
        { key: 'address', label: t('address'), children: record.remoteAddress || '—' },
        { key: 'method', label: t('method'), children: <span className="identifier">{record.method}</span> },
        { key: 'seal', label: t('seal'), children: record.seal === '0' ? t('unsealed') : t('sealed', { number: record.seal }) },
        { key: 'resource', label: t('resource'), span: 'filled', children: copied(record.resource) },
        { key: 'purpose', label: t('purpose'), span: 'filled', children: record.purpose || '—' },
        { key: 'correlation', label: t('correlation'), span: 'filled', children: copied(record.correlationId) },
      ]}
    />
  );
}

const ACT_TONES: Record<string, string> = { insert: 'success', update: 'processing', delete: 'error' };

/** One row that changed: each field before and after. */
function RowChange({ row }: { row: ChangedRow }) {
  const { t } = useTranslation(['audit', 'administration']);
  const text = (value: unknown) => <span className="identifier">{valueText(value) || '—'}</span>;
  return (
    <section>
      <Flex gap={8} align="baseline" className="changed-row">
        <Tag color={ACT_TONES[row.act] ?? 'default'}>{t(`acts.${row.act}`, { defaultValue: row.act })}</Tag>
        <span className="identifier">{row.resource}</span>
      </Flex>
      <Table<ChangedField>
        size="small"
        aria-label={row.resource}
        rowKey="name"
        pagination={false}
        dataSource={row.fields}
        columns={[
          { title: t('field'), width: '26%', render: (_, { name }) => <span className="identifier">{name}</span> },
          { title: t('before'), width: '37%', render: (_, { before }) => text(before) },
          { title: t('after'), width: '37%', render: (_, { after }) => text(after) },
        ]}
      />
    </section>
  );
}
