import type { Schema } from '@rm-workbench/client';
import { Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { NamedTag } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { Loaded } from '../../../design/States';
import { Severity } from '../Severity';
import { Course } from './Course';
import { MoneyAndContacts } from './MoneyAndContacts';
import { NextSteps } from './NextSteps';
import { Reasons } from './Reasons';
import { Signs } from './Signs';
import { WarningActions } from './WarningActions';
import '../today.css';
import './warning.css';

type Warning = Schema<'analytics.v1.Warning'>;

/** One warning: what is at stake, what is seen, why, what to do, and what was done. */
export default function WarningPage() {
  const { warningId = '' } = useParams();
  const warning = api.useQuery('get', '/v1/warnings/{warningId}', { params: { path: { warningId } } });
  return (
    <Loaded query={warning} rows={10}>
      {(data) => <WarningDetail warning={data} />}
    </Loaded>
  );
}

function WarningDetail({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const { may } = useAccess();
  const name = warning.customerName || warning.customerNumber;
  return (
    <Page
      title={
        <Flex wrap align="center" gap="4px 10px">
          {may('customer.record.read') ? <Link to={`/customers/${warning.customerId}`}>{name}</Link> : name}
          <Severity value={warning.severity} />
          <NamedTag value={warning.state} tone={toneOf(warning)} />
        </Flex>
      }
      tab={t('warning.tab', { name })}
      note={<Facts warning={warning} />}
      actions={<WarningActions warning={warning} />}
    >
      <Stake warning={warning} />
      <div className="today">
        <div className="today-column">
          <Signs warning={warning} />
          {may('analytics.timeline.read') && <MoneyAndContacts warning={warning} />}
          {warning.reasons.length > 0 && <Reasons warning={warning} />}
        </div>
        <div className="today-column">
          <NextSteps warning={warning} />
          <Course warning={warning} />
        </div>
      </div>
    </Page>
  );
}

function toneOf({ overdue, state }: Warning) {
  if (overdue) return 'error';
  if (state === 'WARNING_STATE_RAISED') return 'warning';
  return state === 'WARNING_STATE_ACCEPTED' ? 'processing' : 'default';
}

function Facts({ warning }: { warning: Warning }) {
  const { t } = useTranslation(['today', 'workbench']);
  const formats = useFormats();
  const facts = [
    warning.customerNumber,
    t('warning.assignee', { name: warning.assigneeName || t('warnings.unassigned') }),
    t('workbench:state.asOf', { date: formats.date(warning.asOfDate) }),
  ];
  if (warning.state === 'WARNING_STATE_RAISED' && warning.dueDate) {
    facts.push(t(warning.overdue ? 'warning.late' : 'warning.takeUpBy', { date: formats.date(warning.dueDate) }));
  }
  if (warning.state === 'WARNING_STATE_POSTPONED') facts.push(t('warning.rests', { date: formats.date(warning.postponeDate) }));
  return <>{facts.filter(Boolean).join(' · ')}</>;
}

function Stake({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  return (
    <section className="day-figures day-stake" aria-label={t('warning.stake')}>
      <Stood name={t('warning.probability')} note={t(warning.modelId ? 'warning.byModel' : 'warning.byRules')}>
        {warning.probability ? formats.percent(warning.probability, 0) : t('warning.tooLittle')}
      </Stood>
      <Stood name={t('warning.atRisk')} note={t('warning.atRiskNote')}>
        <Amount money={warning.valueAtRisk} />
      </Stood>
      <Stood name={t('warning.loss')} note={t('warning.lossNote')}>
        <Amount money={warning.expectedLoss} />
      </Stood>
      <Stood name={t('warning.perHour')} note={t('warning.minutes', { count: warning.minutes })}>
        <Amount money={warning.valuePerHour} />
      </Stood>
    </section>
  );
}

function Stood({ name, note, children }: { name: string; note: string; children: React.ReactNode }) {
  return (
    <div className="day-figure">
      <span className="day-figure-name">{name}</span>
      <span className="day-figure-amount">{children}</span>
      <Typography.Text type="secondary" className="day-figure-change">
        {note}
      </Typography.Text>
    </div>
  );
}
