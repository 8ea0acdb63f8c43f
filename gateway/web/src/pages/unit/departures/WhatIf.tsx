import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Button, Card, Flex, Slider, Switch, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import { useDebounced } from '../../../design/useDebounced';
import type { Dependence, Estimate } from './departure';
import { useHandOver } from './useHandOver';

interface Props {
  people: string[];
  onPlan: (personId: string) => void;
}

/** What would go if these people left together, with the bounds within which it lies four of five times. */
export function WhatIf({ people, onPlan }: Props) {
  const { t } = useTranslation('unit');
  const { may } = useAccess();
  const [keeps, setKeeps] = useState<number>();
  const keepRate = useDebounced(keeps, 250);
  const simulated = useInfiniteQuery({
    queryKey: ['/v1/departures:simulate', people, keepRate],
    queryFn: async ({ pageParam, signal }) =>
      (
        await client.POST('/v1/departures:simulate', {
          body: {
            personIds: people,
            pageSize: 20,
            pageToken: pageParam,
            ...(keepRate === undefined ? {} : { keepRateBasisPoints: keepRate }),
          },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: (page) => page?.nextPageToken || undefined,
    enabled: people.length > 0,
    placeholderData: keepPreviousData,
  });
  const [only] = people;
  const handingOver = useHandOver();
  return (
    <Card
      size="small"
      title={t('departures.whatIf')}
      extra={
        people.length === 1 &&
        only &&
        may('analytics.departure.plan') && (
          <Flex gap={8}>
            {may('customer.coverage.transfer') && (
              <Button size="small" loading={handingOver.isPending} onClick={() => handingOver.mutate({ personId: only })}>
                {t('departures.makeHandOver')}
              </Button>
            )}
            <Button size="small" type="primary" onClick={() => onPlan(only)}>
              {t('departures.propose')}
            </Button>
          </Flex>
        )
      }
    >
      {people.length === 0 ? (
        <EmptyState words={t('departures.choose')} />
      ) : (
        <Loaded query={{ ...simulated, data: simulated.data?.pages }} rows={8}>
          {(pages) => (
            <Flex vertical gap={16}>
              <Going estimate={pages[0]?.estimate} />
              <KeepRate value={keeps} foreseen={pages[0]?.estimate?.keepRateBasisPoints ?? 0} onChange={setKeeps} />
              <Affected customers={pages.flatMap((page) => page?.dependences ?? [])} />
              {simulated.hasNextPage && (
                <Button loading={simulated.isFetchingNextPage} onClick={() => void simulated.fetchNextPage()}>
                  {t('more')}
                </Button>
              )}
            </Flex>
          )}
        </Loaded>
      )}
    </Card>
  );
}

function Going({ estimate }: { estimate: Estimate | undefined }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const balance = Math.max(1, Number(estimate?.balance?.amount ?? 0));
  const place = (amount: string | undefined) => `${Math.min(100, (Number(amount ?? 0) / balance) * 100)}%`;
  const low = Number(estimate?.lowLoss?.amount ?? 0);
  const high = Number(estimate?.highLoss?.amount ?? 0);
  const said = t('departures.interval', {
    low: formats.moneyShort(estimate?.lowLoss),
    high: formats.moneyShort(estimate?.highLoss),
  });
  return (
    <div aria-live="polite">
      <div className="unit-small">{t('departures.expected')}</div>
      <div className="unit-tile-value">
        <Amount money={estimate?.expectedLoss} />
      </div>
      <div className="unit-interval" role="img" aria-label={said}>
        <span
          className="unit-interval-range"
          style={{ left: place(estimate?.lowLoss?.amount), width: `${((high - low) / balance) * 100}%` }}
        />
        <span className="unit-interval-point" style={{ left: place(estimate?.expectedLoss?.amount) }} />
      </div>
      <Flex justify="space-between" gap={8} className="unit-small">
        <span>{said}</span>
        <span>{t('departures.allBalance', { amount: formats.moneyShort(estimate?.balance) })}</span>
      </Flex>
      <dl className="unit-facts unit-facts-below">
        <dt>{t('departures.touched')}</dt>
        <dd>
          {t('departures.touchedCount', { count: estimate?.customerCount ?? 0, single: estimate?.singleThreadedCount ?? 0 })}
        </dd>
        <dt>{t('departures.depends')}</dt>
        <dd>
          <Amount money={estimate?.atRisk} />
        </dd>
        <dt>{t('departures.borrowers')}</dt>
        <dd>
          {t('departures.borrowersOf', { count: estimate?.borrowerCount ?? 0 })} <Amount money={estimate?.loan} />
        </dd>
      </dl>
    </div>
  );
}

interface KeepProps {
  value: number | undefined;
  /** As past departures say. */
  foreseen: number;
  onChange: (value: number | undefined) => void;
}

/** Which part the bank is taken to keep: as past departures say, or as one would try. */
function KeepRate({ value, foreseen, onChange }: KeepProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return (
    <div>
      <Flex justify="space-between" align="center" gap={8}>
        <span>{t('departures.keeps', { rate: formats.percent((value ?? foreseen) / 10_000, 0) })}</span>
        <Flex gap={8} align="center">
          <span className="unit-small">{t('departures.ownRate')}</span>
          <Switch
            size="small"
            aria-label={t('departures.ownRate')}
            checked={value !== undefined}
            onChange={(on) => onChange(on ? foreseen : undefined)}
          />
        </Flex>
      </Flex>
      {value !== undefined && (
        <Slider
          ariaLabelForHandle={t('departures.keepRate')}
          min={0}
          max={10_000}
          step={100}
          value={value}
          onChange={onChange}
          tooltip={{ formatter: (shown) => formats.basisPoints(shown ?? 0) }}
        />
      )}
    </div>
  );
}

function Affected({ customers }: { customers: Dependence[] }) {
  const { t, i18n } = useTranslation('unit');
  const formats = useFormats();
  return (
    <ul className="unit-inbox-list" aria-label={t('departures.affected')}>
      {customers.map((customer) => (
        <li key={customer.customerId} className="unit-affected">
          <Flex justify="space-between" gap={8}>
            <Link to={`/customers/${customer.customerId}`}>{customer.customerName}</Link>
            <Amount money={customer.atRisk} />
          </Flex>
          <Flex justify="space-between" gap={8} className="unit-small">
            <span>{i18n.language === 'zh' ? customer.reasonZh : customer.reasonEn}</span>
            <Tooltip title={t('departures.dependenceHint')}>
              <span className="amount">{formats.percent(customer.dependenceBasisPoints / 10_000, 0)}</span>
            </Tooltip>
          </Flex>
        </li>
      ))}
    </ul>
  );
}
