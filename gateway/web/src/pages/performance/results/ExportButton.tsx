import { DownloadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useNamed } from '../../../design/Named';

const FORMATS = ['FIGURE_FORMAT_XLSX', 'FIGURE_FORMAT_CSV', 'FIGURE_FORMAT_PARQUET'] as const;
type Format = (typeof FORMATS)[number];

/** All from which the month's figures were computed, as a file that anybody can compute them from again. */
export function ExportButton({ personId, day }: { personId: string; day: string }) {
  const { t } = useTranslation('performance');
  const { may } = useAccess();
  const { message } = App.useApp();
  const named = useNamed();
  const words = useRefusalWords();
  const exporting = useMutation({
    mutationFn: (format: Format) => client.POST('/v1/figures:export', { body: { personId, dayDate: day, format } }),
    onSuccess: () => {
      void message.success(t('results.exporting'));
      return refresh('/v1/operations');
    },
    onError: (error) => void message.error(words(error)),
  });
  if (!may('performance.result.export')) return null;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: FORMATS.map((format) => ({ key: format, label: named(format) })),
        onClick: ({ key }) => exporting.mutate(key as Format),
      }}
    >
      <Button icon={<DownloadOutlined />} loading={exporting.isPending} disabled={!day}>
        {t('results.export')}
      </Button>
    </Dropdown>
  );
}
