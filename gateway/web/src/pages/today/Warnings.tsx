import { ArrowRightOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { Button, Flex } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';
import { Amount } from '../../design/Amount';
import { useSaid } from '../../design/bilingual';
import { daysBetween, useFormats } from '../../design/formats';
import { Named } from '../../design/Named';
import { Loaded } from '../../design/States';
import { Text } from '../../design/Text';
import { LogContactButton } from '../contacts/LogContact';
import { today } from './day';
import { Nothing, Panel } from './Panel';
import { Severity } from './Severity';

type Warning = Schema<'analytics.v1.Warning'>;

const SHOWN = 5;
const ASKED = 50;

/** The customers who may leave, by what an hour of work can save, each with what is seen and what to do next. */
export function Warnings() {
  const { t } = useTranslation('today');
  const { leads, scopePath, may } = useAccess();
  const [all, setAll] = useState(false);
  const whose = leads ? { organisationPath: scopePath } : {};
  const list = api.useQuery('get', '/v1/warnings', { params: { query: { ...whose, pageSize: ASKED } } });
  const board = may('analytics.warning.assign');
  const count = list.data?.warnings.length;
  const more = (count ?? 0) > SHOWN;
  return (
    <Panel
      place={2}
      title={t('warnings.title')}
      count={count}
      note={count ? t('warnings.order') : undefined}
      extra={board && <Link to="/unit/warnings">{t('warnings.board')}</Link>}
    >
      <Loaded
        query={list}
        rows={8}
        isEmpty={({ warnings }) => !warnings.length}
        empty={<Nothing words={t(leads ? 'warnings.noneOfUnit' : 'warnings.none')} />}
      >
        {({ warnings }) => (
          <>
            <ol className="day-rows">
              {(all ? warnings : warnings.slice(0, SHOWN)).map((warning) => (
                <WarningRow key={warning.warningId} warning={warning} />
              ))}
            </ol>
            {more && !board && (
              <Button type="link" className="day-panel-more" onClick={() => setAll(!all)}>
                {t(all ? 'showLess' : 'showAll', { count: warnings.length })}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function WarningRow({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const { leads } = useAccess();
  const said = useSaid();
  const [sign] = warning.signals;
  const [reason] = warning.reasons;
  const [step] = warning.nextSteps;
  const seen = sign ?? reason;
  return (
    <li className="day-row">
      <div className="day-row-main">
        <Flex wrap align="center" gap="4px 8px">
          <Link to={`/warnings/${warning.warningId}`} className="day-row-name">
            {warning.customerName || warning.customerNumber}
          </Link>
          <Severity value={warning.severity} />
          {warning.state !== 'WARNING_STATE_RAISED' && (
            <Text type="secondary">
              <Named value={warning.state} />
            </Text>
          )}
          {leads && <Text type="secondary">{warning.assigneeName || t('warnings.unassigned')}</Text>}
        </Flex>
        {seen && (
          <div>
            {said(seen)}
            {warning.signals.length > 1 && (
              <Text type="secondary"> {t('warnings.more', { count: warning.signals.length - 1 })}</Text>
            )}
          </div>
        )}
        {step && (
          <div className="day-row-step">
            <ArrowRightOutlined aria-hidden /> {said(step)}
          </div>
        )}
      </div>
      <Flex vertical align="end" gap={6} className="day-row-side">
        <AtRisk warning={warning} />
        <LogContactButton
          type="default"
          size="small"
          customer={{ customerId: warning.customerId, displayName: warning.customerName }}
          purpose="CONTACT_PURPOSE_RETENTION"
        />
      </Flex>
    </li>
  );
}

function AtRisk({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const days = warning.dueDate ? daysBetween(today(), warning.dueDate) : undefined;
  return (
    <div className="day-row-figures">
      <strong>
        <Amount money={warning.valueAtRisk} />
      </strong>
      <Text type="secondary">
        {t('warnings.atRisk')}
        {warning.probability && ` · ${formats.percent(warning.probability, 0)}`}
      </Text>
      {warning.state === 'WARNING_STATE_RAISED' && days !== undefined && (
        <Text type={warning.overdue ? 'danger' : 'secondary'}>
          {warning.overdue ? t('warnings.overdue') : t('warnings.due', { date: formats.daysFrom(warning.dueDate, today()) })}
        </Text>
      )}
    </div>
  );
}
