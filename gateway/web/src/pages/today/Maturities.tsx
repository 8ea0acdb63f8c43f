import type { Schema } from '@rm-workbench/client';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { Amount } from '../../design/Amount';
import { addDays, useFormats } from '../../design/formats';
import { Named } from '../../design/Named';
import { Loaded } from '../../design/States';
import { Text } from '../../design/Text';
import { LogContactButton } from '../contacts/LogContact';
import { useCustomerNames } from './customerNames';
import { today } from './day';
import { Nothing, Panel } from './Panel';

type Holding = Schema<'customer.v1.Holding'>;

const SHOWN = 5;
const ASKED = 40;
const DAYS_AHEAD = 90;

/** What of the customers' money falls due soon: whoever speaks with them before keeps it. */
export function Maturities() {
  const { t } = useTranslation('today');
  const [all, setAll] = useState(false);
  const list = api.useQuery('get', '/v1/holdingMaturities', {
    params: { query: { startDate: today(), endDate: addDays(today(), DAYS_AHEAD), pageSize: ASKED } },
  });
  const holdings = list.data?.holdings ?? [];
  const nameOf = useCustomerNames(holdings.map(({ customerId }) => customerId));
  return (
    <Panel place={5} title={t('maturities.title')} count={holdings.length} note={t('maturities.days', { count: DAYS_AHEAD })}>
      <Loaded query={list} isEmpty={() => !holdings.length} empty={<Nothing words={t('maturities.none')} />}>
        {() => (
          <>
            <ol className="day-rows">
              {(all ? holdings : holdings.slice(0, SHOWN)).map((holding) => (
                <MaturityRow key={holding.holdingId} holding={holding} name={nameOf(holding.customerId)} />
              ))}
            </ol>
            {holdings.length > SHOWN && (
              <Button type="link" className="day-panel-more" onClick={() => setAll(!all)}>
                {t(all ? 'showLess' : 'showAll', { count: holdings.length })}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function MaturityRow({ holding, name }: { holding: Holding; name: string | undefined }) {
  const formats = useFormats();
  return (
    <li className="day-row">
      <div className="day-row-time day-row-date">
        <strong>{formats.daysFrom(holding.maturityDate, today())}</strong>
        <span>{formats.date(holding.maturityDate)}</span>
      </div>
      <div className="day-row-main">
        <Link to={`/customers/${holding.customerId}`} className="day-row-name">
          {name ?? '…'}
        </Link>
        <Text type="secondary">
          {holding.productName || <Named value={holding.kind} />}
          {holding.interestRatePercent && ` · ${holding.interestRatePercent}%`}
        </Text>
      </div>
      <div className="day-row-figures">
        <strong>
          <Amount money={holding.figures?.balance ?? holding.principal} />
        </strong>
        {name && (
          <LogContactButton
            type="default"
            size="small"
            purpose="CONTACT_PURPOSE_SALE"
            customer={{ customerId: holding.customerId, displayName: name }}
          />
        )}
      </div>
    </li>
  );
}
