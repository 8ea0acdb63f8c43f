import type { Schema } from '@rm-workbench/client';
import { Flex, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { useSaid } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { Nothing, Panel } from '../Panel';
import { Severity } from '../Severity';

type Warning = Schema<'analytics.v1.Warning'>;
type Signal = Schema<'analytics.v1.Signal'>;

/** The signs that a warning stands on, each with the figures that the rule looked at. */
export function Signs({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const { may } = useAccess();
  const known = api.useQuery(
    'get',
    '/v1/signals',
    { params: { query: { customerId: warning.customerId, states: ['SIGNAL_STATE_OPEN', 'SIGNAL_STATE_ENDED'], pageSize: 100 } } },
    { enabled: may('analytics.signal.read') },
  );
  const detailOf = (code: string) => known.data?.signals.find((signal) => signal.ruleCode === code);
  return (
    <Panel place={2} title={t('warning.signs')} count={warning.signals.length}>
      {warning.signals.length ? (
        <ol className="day-rows">
          {warning.signals.map((sign) => (
            <SignRow key={sign.signalCode} sign={sign} detail={detailOf(sign.signalCode)} />
          ))}
        </ol>
      ) : (
        <Nothing words={t('warning.noSigns')} />
      )}
    </Panel>
  );
}

function SignRow({ sign, detail }: { sign: Warning['signals'][number]; detail: Signal | undefined }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const said = useSaid();
  return (
    <li className="day-row">
      <div className="day-row-main">
        <Flex wrap align="center" gap="4px 8px">
          <strong>{detail ? said({ chinese: detail.chineseName, english: detail.englishName }) : t('warning.sign')}</strong>
          <Severity value={sign.severity} />
          {sign.noisy && <Tag>{t('warning.noisy')}</Tag>}
          <Typography.Text type="secondary">{t('warning.since', { date: formats.date(sign.onsetDate) })}</Typography.Text>
        </Flex>
        <div>{said(sign)}</div>
        {sign.precision && (
          <Typography.Text type="secondary">
            {t('warning.precision', { share: formats.percent(sign.precision, 0) })}
          </Typography.Text>
        )}
        {detail && <Evidence signal={detail} />}
      </div>
    </li>
  );
}

/** What the rule looked at, and what it takes for the sign to be seen. */
function Evidence({ signal }: { signal: Signal }) {
  const { t } = useTranslation('today');
  const said = useSaid();
  const figures = signal.evidence.filter(({ threshold }) => !threshold);
  const thresholds = signal.evidence.filter(({ threshold }) => threshold);
  const list = (entries: Signal['evidence']) => (
    <dl className="day-evidence-list">
      {entries.map((entry) => (
        <div key={entry.name}>
          <dt>{said({ chinese: entry.chineseName, english: entry.englishName })}</dt>
          <dd>{said({ chinese: entry.chineseValue, english: entry.englishValue })}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <details className="day-evidence">
      <summary>{t('warning.evidence', { count: figures.length })}</summary>
      {list(figures)}
      {thresholds.length > 0 && (
        <>
          <h3 className="day-overnight-title">{t('warning.thresholds')}</h3>
          {list(thresholds)}
        </>
      )}
    </details>
  );
}
