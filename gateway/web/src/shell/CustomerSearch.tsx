import { SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Flex, Input, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../api/client';
import { Named } from '../design/Named';
import { useDebounced } from '../design/useDebounced';

/** Finds a customer by name, pinyin, number or telephone number from anywhere. */
export function CustomerSearch() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const query = useDebounced(typed.trim(), 180);
  const found = useQuery({
    queryKey: ['/v1/customers:search', query],
    queryFn: async ({ signal }) =>
      (await client.POST('/v1/customers:search', { body: { query, pageSize: 8 }, signal })).data?.hits ?? [],
    enabled: query.length > 0,
  });
  const options = (found.data ?? []).flatMap(({ customer, match }) =>
    customer
      ? [
          {
            value: customer.customerId,
            label: (
              <Flex justify="space-between" gap={12}>
                <span>
                  {customer.displayName} <Typography.Text type="secondary">{customer.customerNumber}</Typography.Text>
                </span>
                <Typography.Text type="secondary">
                  <Named value={match} />
                </Typography.Text>
              </Flex>
            ),
          },
        ]
      : [],
  );
  return (
    <AutoComplete
      value={typed}
      options={options}
      className="customer-search"
      showSearch={{ filterOption: false }}
      onChange={(value) => setTyped(value)}
      onSelect={(customerId) => {
        setTyped('');
        void navigate(`/customers/${customerId}`);
      }}
      notFoundContent={query && !found.isFetching ? t('state.nothingFound') : null}
    >
      <Input
        prefix={<SearchOutlined />}
        placeholder={t('shell.search')}
        aria-label={t('shell.search')}
        allowClear
        maxLength={100}
      />
    </AutoComplete>
  );
}
