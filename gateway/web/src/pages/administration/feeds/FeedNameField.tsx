import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';

interface Props {
  value: string;
  onChange: (feed: string) => void;
}

/** A feed by name, out of those that have brought something: also for posts that may not read the feeds themselves. */
export function FeedNameField({ value, onChange }: Props) {
  const { t } = useTranslation('administration');
  const businessDate = new Date().toISOString().slice(0, 10);
  const current = api.useQuery('get', '/v1/datasets:current', { params: { query: { businessDate } } }, { staleTime: 60_000 });
  const names = (current.data?.datasets ?? []).map(({ feed }) => feed);
  if (value && !names.includes(value)) names.push(value);
  return (
    <Select<string>
      className="filter"
      allowClear
      showSearch
      placeholder={t('feeds.feed')}
      aria-label={t('feeds.feed')}
      value={value || null}
      loading={current.isLoading}
      options={names.sort().map((name) => ({ value: name, label: name }))}
      onChange={(chosen) => onChange(chosen ?? '')}
    />
  );
}
