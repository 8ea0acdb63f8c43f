import { UploadOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Typography } from 'antd';
import type { ColumnType } from 'antd/es/table';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Page } from '../../../design/Page';
import { EmptyState } from '../../../design/States';
import '../customers.css';
import { ImportStateTag } from './ImportStateTag';
import type { Import } from './import';

/** One's own imports, the latest first. */
export default function ImportListPage() {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const formats = useFormats();
  const load = useCallback(async (pageToken: string, signal: AbortSignal) => {
    const { data } = await client.GET('/v1/imports', { params: { query: { pageToken, pageSize: 100 } }, signal });
    return { rows: data?.imports ?? [], nextPageToken: data?.nextPageToken ?? '' };
  }, []);
  const newOne = (
    <Link to="/customers/imports/new">
      <Button type="primary" icon={<UploadOutlined />}>
        {t('imports.new')}
      </Button>
    </Link>
  );
  const counted = (made: Import, name: 'created' | 'updated' | 'unchanged' | 'refused') => made.counts?.[name] ?? 0;
  const count = (name: 'created' | 'updated' | 'unchanged' | 'refused'): ColumnType<Import> => ({
    key: name,
    title: t(`imports.count.${name}`),
    width: 96,
    align: 'right',
    render: (_, made) => formats.number(counted(made, name)),
  });
  const columns: ColumnType<Import>[] = [
    {
      key: 'file',
      title: t('imports.file'),
      width: 320,
      ellipsis: true,
      render: (_, made) => <Link to={`/customers/imports/${made.importId}`}>{made.fileName}</Link>,
    },
    { key: 'state', title: t('column.state'), width: 112, render: (_, made) => <ImportStateTag state={made.state} /> },
    count('created'),
    count('updated'),
    count('unchanged'),
    count('refused'),
    { key: 'time', title: t('imports.time'), width: 176, render: (_, made) => formats.instant(made.createTime) },
  ];
  return (
    <Page title={t('imports.title')} note={t('imports.note')} actions={newOne}>
      <KeysetTable<Import>
        queryKey={['/v1/imports', 'list']}
        load={load}
        rowKey={(made) => made.importId}
        columns={columns}
        label={t('imports.title')}
        onOpen={(made) => void navigate(`/customers/imports/${made.importId}`)}
        card={(made) => (
          <Card size="small">
            <Flex vertical gap={4}>
              <Flex justify="space-between" gap={8}>
                <Link to={`/customers/imports/${made.importId}`}>{made.fileName}</Link>
                <ImportStateTag state={made.state} />
              </Flex>
              <Typography.Text type="secondary">{formats.instant(made.createTime)}</Typography.Text>
            </Flex>
          </Card>
        )}
        empty={<EmptyState words={t('imports.none')} action={newOne} />}
      />
    </Page>
  );
}
