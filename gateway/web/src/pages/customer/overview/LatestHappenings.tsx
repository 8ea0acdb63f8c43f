import { Button, Card, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { api } from '../../../api/client';
import { useSaid } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import type { Customer } from '../customer';

const SHOWN = 6;

/** The last things that happened, as a way into the timeline. */
export function LatestHappenings({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const said = useSaid();
  const [, setParameters] = useSearchParams();
  const query = api.useQuery('get', '/v1/customers/{customerId}/happenings', {
    params: { path: { customerId: customer.customerId }, query: { pageSize: SHOWN } },
  });
  return (
    <Card
      title={t('latest.title')}
      size="small"
      className="customer-list-card"
      extra={
        <Button type="link" size="small" onClick={() => setParameters({ tab: 'timeline' })}>
          {t('latest.all')}
        </Button>
      }
    >
      <Loaded
        query={query}
        isEmpty={({ happenings }) => happenings.length === 0}
        empty={<EmptyState words={t('timeline.nothingHappened')} />}
      >
        {({ happenings }) => (
          <ul className="customer-rows">
            {happenings.map((happening) => (
              <li key={happening.resource + happening.startDate}>
                <div className="customer-row">
                  <Typography.Text type="secondary" className="customer-row-date">
                    {formats.date(happening.startDate)}
                  </Typography.Text>
                  <span className="customer-row-words">{said(happening)}</span>
                  <Typography.Text type="secondary" className="customer-row-aside">
                    {happening.personName}
                  </Typography.Text>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
