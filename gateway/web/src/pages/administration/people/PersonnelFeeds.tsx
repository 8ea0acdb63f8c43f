import type { Schema } from '@rm-workbench/client';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';

type PersonnelFeed = Schema<'identity.v1.PersonnelFeed'>;

/** What the bank's personnel system brought last, and what somebody should look at in it. */
export function PersonnelFeeds() {
  const { t } = useTranslation('administration');
  const feeds = api.useQuery('get', '/v1/personnelFeeds', {}, { refetchInterval: 60_000 });
  const known = feeds.data?.personnelFeeds.filter((feed) => feed.applyTime) ?? [];
  const findings = known.flatMap((feed) => feed.findings);
  if (!known.length) return null;
  return (
    <Alert
      className="partial"
      showIcon
      type={findings.length ? 'warning' : 'info'}
      title={t('personnel.title')}
      description={
        <>
          {known.map((feed) => (
            <div key={feed.feed}>
              <Outcome feed={feed} />
            </div>
          ))}
          {findings.map((finding) => (
            <div key={finding.reason + finding.numbers.join()}>
              {t(`personnel.findings.${finding.reason}`, { defaultValue: finding.reason })}
              {t('personnel.concerned', { count: Number(finding.count), numbers: finding.numbers.join('、') })}
            </div>
          ))}
        </>
      }
    />
  );
}

function Outcome({ feed }: { feed: PersonnelFeed }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const counts = {
    created: Number(feed.createdCount),
    changed: Number(feed.changedCount),
    moved: Number(feed.movedCount),
    disabled: Number(feed.disabledCount),
  };
  const date = formats.date(feed.businessDate);
  return (
    <>{feed.dataset === 'employees' ? t('personnel.people', { date, ...counts }) : t('personnel.units', { date, ...counts })}</>
  );
}
