import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';
import { useFormats } from '../../design/formats';
import { Loaded } from '../../design/States';
import { Text } from '../../design/Text';
import { addressOf } from '../../shell/resources';
import { Nothing, Panel } from './Panel';

type Approval = Schema<'activity.v1.Approval'>;

const SHOWN = 5;

/** What waits for the person's decision, the first first. */
export function Approvals() {
  const { t } = useTranslation('today');
  const { leads } = useAccess();
  const list = api.useQuery('get', '/v1/approvals', { params: { query: { pageSize: SHOWN } } });
  const count = api.useQuery('get', '/v1/approvals:count', {});
  return (
    <Panel
      place={0}
      title={t('approvals.title')}
      count={count.data?.count}
      extra={leads && <Link to="/unit/approvals">{t('approvals.all')}</Link>}
    >
      <Loaded query={list} isEmpty={({ approvals }) => !approvals.length} empty={<Nothing words={t('approvals.none')} />}>
        {({ approvals }) => (
          <ul className="day-rows">
            {approvals.map((approval) => (
              <ApprovalRow key={approval.approvalId} approval={approval} />
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function ApprovalRow({ approval }: { approval: Approval }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  return (
    <li className="day-row">
      <div className="day-row-main">
        <Link to={addressOf(approval.resource) ?? '/unit/approvals'} className="day-row-name">
          {t(`approvals.kinds.${approval.kind}`, { defaultValue: approval.kind })}
        </Link>
        <Text type="secondary">
          {approval.requesterName && `${approval.requesterName} · `}
          {t('approvals.since', { time: formats.instant(approval.createTime) })}
        </Text>
      </div>
      {approval.expireDate && <Text type="warning">{t('approvals.until', { date: formats.date(approval.expireDate) })}</Text>}
    </li>
  );
}
