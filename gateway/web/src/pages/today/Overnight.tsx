import type { Schema } from '@rm-workbench/client';
import { Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';
import { useFormats } from '../../design/formats';
import { Loaded } from '../../design/States';
import { Text } from '../../design/Text';
import { useNotificationSentence } from '../../shell/notificationWords';
import { addressOf } from '../../shell/resources';
import { BalanceMoves } from './BalanceMoves';
import { isToday } from './day';
import { Nothing, Panel } from './Panel';
import { Severity } from './Severity';

const SIGNS_SHOWN = 4;
const NEWS_SHOWN = 5;
const NEWS_ASKED = 20;
const SEVERITIES: Record<Schema<'analytics.v1.SignalSeverity'>, number> = {
  SIGNAL_SEVERITY_UNSPECIFIED: 0,
  SIGNAL_SEVERITY_NOTED: 1,
  SIGNAL_SEVERITY_SERIOUS: 2,
  SIGNAL_SEVERITY_SEVERE: 3,
};

/** What changed since yesterday: money, signs, and what others did. */
export function Overnight() {
  const { t } = useTranslation('today');
  const { may } = useAccess();
  return (
    <Panel place={6} title={t('overnight.title')} note={may('analytics.analysis.read') ? <Freshness /> : undefined}>
      <Flex vertical gap={16} className="day-overnight">
        {may('performance.result.read') && <BalanceMoves />}
        {may('analytics.signal.read') && may('analytics.warning.work') && <Signs />}
        {may('activity.notification.receive') && <News />}
      </Flex>
    </Panel>
  );
}

/** As of when the signs are; and whether data is late, where the page's head does not say so already. */
function Freshness() {
  const { t } = useTranslation(['today', 'workbench']);
  const { may } = useAccess();
  const formats = useFormats();
  const { data } = api.useQuery('get', '/v1/analysisFreshness', {});
  if (!data?.asOfDate) return null;
  const late = may('performance.freshness.read') ? 0 : data.feeds.filter((feed) => feed.late).length;
  return (
    <>
      {t('workbench:state.asOf', { date: formats.date(data.asOfDate) })}
      {late > 0 && <Text type="warning"> · {t('overnight.late', { count: late })}</Text>}
    </>
  );
}

function Signs() {
  const { t, i18n } = useTranslation('today');
  const { leads, scopePath, personId } = useAccess();
  const whose = leads ? { organisationPath: scopePath } : { leadPersonId: personId };
  const list = api.useQuery('get', '/v1/signals', { params: { query: { ...whose, pageSize: 200 } } });
  const changed = (list.data?.signals ?? []).filter(({ changeDate }) => changeDate === list.data?.asOfDate);
  return (
    <div>
      <h3 className="day-overnight-title">{t('overnight.signs', { count: changed.length })}</h3>
      <Loaded query={list} rows={2} isEmpty={() => !changed.length} empty={<Nothing words={t('overnight.noSigns')} />}>
        {() => (
          <ul className="day-lines">
            {changed.slice(0, SIGNS_SHOWN).map((sign) => (
              <li key={sign.signalId} className="day-line-tagged">
                <Link to={`/customers/${sign.customerId}`}>{sign.customerName || sign.customerNumber}</Link>
                <Severity value={SEVERITIES[sign.severity]} />
                <Text type="secondary">
                  {t(sign.firstSeenDate === sign.changeDate ? 'overnight.new' : 'overnight.changed', {
                    sign: i18n.language === 'zh' ? sign.chineseName : sign.englishName,
                  })}
                </Text>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </div>
  );
}

function News() {
  const { t } = useTranslation('today');
  const { may } = useAccess();
  const formats = useFormats();
  const sentence = useNotificationSentence();
  const list = api.useQuery('get', '/v1/notifications', { params: { query: { unreadOnly: true, pageSize: NEWS_ASKED } } });
  // Warnings stand at the top of the same page.
  const besideWarnings = (kind: string) => kind !== 'warning_raised' || !may('analytics.warning.work');
  const news = (list.data?.notifications ?? []).filter(({ kind }) => besideWarnings(kind)).slice(0, NEWS_SHOWN);
  return (
    <div>
      <h3 className="day-overnight-title">{t('overnight.news')}</h3>
      <Loaded query={list} rows={2} isEmpty={() => !news.length} empty={<Nothing words={t('overnight.noNews')} />}>
        {() => (
          <ul className="day-lines">
            {news.map((each) => {
              const address = addressOf(each.resource);
              const words = sentence(each.kind, each.parameters);
              return (
                <li key={each.notificationId} className="day-line-spread">
                  {address ? <Link to={address}>{words}</Link> : <span>{words}</span>}
                  <Text type="secondary" className="day-line-time">
                    {isToday(each.createTime) ? formats.time(each.createTime) : formats.instant(each.createTime)}
                  </Text>
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </div>
  );
}
