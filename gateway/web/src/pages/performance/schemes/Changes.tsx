import { Table } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { settingsFrom, settingsOf } from './parameters';
import { useSettingWords } from './SettingsFacts';
import type { Scheme } from './schemes';

interface Row {
  name: string;
  before: ReactNode;
  after: ReactNode;
}

/** In what a version differs from the one that is offered; of a scheme that is new all that is set. */
export function Changes({ version, published }: { version: Scheme; published: Scheme | undefined }) {
  const { t } = useTranslation('schemes');
  const words = useSettingWords();
  const [former, now] = [settingsFrom(published?.parameters), settingsFrom(version.parameters)];
  const read = [...new Set([...settingsOf(version.kind, now), ...(published ? settingsOf(version.kind, former) : [])])];
  const offered = (scheme: Scheme) => t(scheme.retired ? 'retired' : 'offered');
  const rows: Row[] = [
    { name: t('name'), before: published?.displayName, after: version.displayName },
    ...read.map((setting) => ({
      name: t(`setting.${setting}`),
      before: published && settingsOf(version.kind, former).includes(setting) ? words(setting, former) : undefined,
      after: settingsOf(version.kind, now).includes(setting) ? words(setting, now) : undefined,
    })),
    { name: t('offer'), before: published && offered(published), after: offered(version) },
  ];
  const shown = published ? rows.filter(({ before, after }) => before !== after) : rows;
  return (
    <Table<Row>
      size="small"
      aria-label={t('changes')}
      rowKey="name"
      pagination={false}
      dataSource={shown}
      columns={[
        { title: t('what'), dataIndex: 'name' },
        ...(published ? [{ title: t('before'), key: 'before', render: (_: unknown, row: Row) => row.before ?? '—' }] : []),
        { title: t('after'), key: 'after', render: (_: unknown, row: Row) => row.after ?? '—' },
      ]}
    />
  );
}
