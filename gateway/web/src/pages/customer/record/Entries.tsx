import type { Schema } from '@rm-workbench/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Card, Select, Timeline, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named, useNamed, useNamedChoices } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { addressOf } from '../../../shell/resources';
import type { Customer } from '../customer';

type Entry = Schema<'customer.v1.TimelineEntry'>;
type Category = Entry['category'];

const CATEGORIES = [
  'TIMELINE_CATEGORY_RECORD',
  'TIMELINE_CATEGORY_COVERAGE',
  'TIMELINE_CATEGORY_RELATION',
  'TIMELINE_CATEGORY_CONSENT',
  'TIMELINE_CATEGORY_CONTACT',
  'TIMELINE_CATEGORY_SALES',
  'TIMELINE_CATEGORY_FEEDBACK',
  'TIMELINE_CATEGORY_WARNING',
  'TIMELINE_CATEGORY_ACCOUNT',
] as const;
const PAGE_SIZE = 30;

/** What services told of the customer, the latest first. */
export function Entries({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const choices = useNamedChoices();
  const [categories, setCategories] = useState<Category[]>([]);
  const { customerId } = customer;
  const list = useInfiniteQuery({
    queryKey: ['/v1/customers/{customerId}/timeline', customerId, categories],
    queryFn: async ({ pageParam, signal }) =>
      (
        await client.GET('/v1/customers/{customerId}/timeline', {
          params: { path: { customerId }, query: { pageSize: PAGE_SIZE, pageToken: pageParam, categories } },
          signal,
        })
      ).data ?? { entries: [], nextPageToken: '' },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  return (
    <Card
      title={t('entry.title')}
      classNames={{ header: 'customer-wrapping-head' }}
      extra={
        <Select<Category[]>
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          className="entry-categories"
          value={categories}
          onChange={setCategories}
          options={choices(CATEGORIES)}
          placeholder={t('entry.categories')}
          aria-label={t('entry.categories')}
        />
      }
    >
      <Loaded
        query={{ ...list, data: list.data?.pages.flatMap((page) => page.entries) }}
        isEmpty={(entries) => !entries.length}
        empty={<EmptyState words={t('entry.none')} />}
      >
        {(entries) => (
          <>
            <Timeline items={entries.map((entry) => ({ key: entry.entryId, content: <EntryWords entry={entry} /> }))} />
            {list.hasNextPage && (
              <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('workbench:action.more')}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function EntryWords({ entry }: { entry: Entry }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const address = addressOf(entry.resource);
  const sentence = (
    <>
      {t(`entry.kinds.${entry.kind}`, { defaultValue: '' }) || <Named value={entry.category} />}
      <Details entry={entry} />
    </>
  );
  return (
    <>
      {address ? <Link to={address}>{sentence}</Link> : sentence}
      <br />
      <Typography.Text type="secondary">
        {formats.date(entry.businessDate)}
        {entry.personName && ` · ${entry.personName}`}
      </Typography.Text>
    </>
  );
}

/** The parts of a sentence that the page has words for: which purpose, what came of it, how long. */
function Details({ entry }: { entry: Entry }) {
  const { t } = useTranslation('customer');
  const named = useNamed();
  const { purpose, outcome, minutes, kind, tier } = entry.parameters;
  const contact = entry.category === 'TIMELINE_CATEGORY_CONTACT';
  const of = (prefix: string, value: string | undefined) => (value && contact ? named(`${prefix}_${value.toUpperCase()}`) : '');
  const known = (value: string | undefined) => (value && /^[A-Z]+(_[A-Z]+)+$/.test(value) ? named(value) : '');
  const parts = [
    of('CONTACT_PURPOSE', purpose),
    of('CONTACT_OUTCOME', outcome),
    minutes && t('minutes', { count: Number(minutes) }),
    known(kind),
    known(tier),
  ].filter(Boolean);
  return parts.length ? <> · {parts.join(' · ')}</> : null;
}
