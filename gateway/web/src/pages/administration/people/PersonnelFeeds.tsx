import type { Schema } from '@rm-workbench/client';
import { Alert, Flex, Typography } from 'antd';
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
  if (!findings.length) {
    return (
      <Flex wrap gap="0 16px" className="form-note">
        {known.map((feed) => (
          <Typography.Text key={feed.feed} type="secondary">
            <Outcome feed={feed} />
          </Typography.Text>
        ))}
      </Flex>
    );
  }
  return (
    <Alert
      className="partial"
      showIcon
      type="warning"
      title={known.map((feed) => (
        <div key={feed.feed}>
          <Outcome feed={feed} />
        </div>
      ))}
      description={findings.map((finding) => (
        <div key={finding.reason + finding.numbers.join()}>
          {t(`personnel.findings.${finding.reason}`, { defaultValue: finding.reason })}
          {t('personnel.concerned', { count: Number(finding.count), numbers: finding.numbers.join('、') })}
        </div>
      ))}
    />
  );
}

/** What a snapshot changed; what it did not change is not said. */
function Outcome({ feed }: { feed: PersonnelFeed }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const counts: [string, string][] = [
    ['created', feed.createdCount],
    ['changed', feed.changedCount],
    ['moved', feed.movedCount],
    ['disabled', feed.disabledCount],
  ];
  const said = counts
    .filter(([, count]) => count !== '0')
    .map(([name, count]) => `${t(`personnel.${name}`)} ${formats.number(count)}`);
  const date = formats.date(feed.businessDate);
  const title = feed.dataset === 'employees' ? t('personnel.people', { date }) : t('personnel.units', { date });
  return <>{title + (said.join(t('personnel.comma')) || t('personnel.nothing'))}</>;
}
