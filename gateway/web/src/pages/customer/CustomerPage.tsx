import './customer.css';
import { Grid, Select, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { Navigate, useParams } from 'react-router';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';
import { Loaded } from '../../design/States';
import { useFilters } from '../../design/useFilters';
import { CustomerHead } from './CustomerHead';
import type { Customer } from './customer';
import { HoldingsTab } from './holdings/HoldingsTab';
import { OverviewTab } from './overview/OverviewTab';
import { PeopleTab } from './people/PeopleTab';
import { HistoryTab } from './record/HistoryTab';
import { SharesTab } from './record/SharesTab';
import { TimelineTab } from './timeline/TimelineTab';
import { ContactsTab } from './work/ContactsTab';
import { FeedbackTab } from './work/FeedbackTab';
import { OpportunitiesTab } from './work/OpportunitiesTab';

/** All that the bank knows of one customer. */
export default function CustomerPage() {
  const { customerId = '' } = useParams();
  const customer = api.useQuery('get', '/v1/customers/{customerId}', { params: { path: { customerId } } });
  return (
    <Loaded query={customer} rows={10}>
      {(record) =>
        record.mergedIntoCustomerId ? (
          // The record that stands for it now has all that was kept of it.
          <Navigate to={`/customers/${record.mergedIntoCustomerId}`} replace />
        ) : (
          <Record key={record.customerId} customer={record} />
        )
      }
    </Loaded>
  );
}

function Record({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const wide = Grid.useBreakpoint().md ?? true;
  const { may } = useAccess();
  const [{ tab }, change] = useFilters({ tab: 'overview' });
  const shown = [
    { key: 'overview', seen: true, children: <OverviewTab customer={customer} /> },
    { key: 'timeline', seen: may('analytics.timeline.read'), children: <TimelineTab customer={customer} /> },
    { key: 'holdings', seen: may('customer.holding.read'), children: <HoldingsTab customer={customer} /> },
    { key: 'people', seen: true, children: <PeopleTab customer={customer} /> },
    { key: 'contacts', seen: may('activity.contact.read'), children: <ContactsTab customer={customer} /> },
    { key: 'feedback', seen: may('activity.feedback.read'), children: <FeedbackTab customer={customer} /> },
    { key: 'opportunities', seen: may('activity.lead.read'), children: <OpportunitiesTab customer={customer} /> },
    { key: 'shares', seen: may('performance.claim.read'), children: <SharesTab customer={customer} /> },
    { key: 'history', seen: true, children: <HistoryTab customer={customer} /> },
  ].filter(({ seen }) => seen);
  const active = shown.some(({ key }) => key === tab) ? tab : 'overview';
  if (!wide) {
    // Tabs that do not fit hide behind a button of which listeners are told nothing.
    const options = shown.map(({ key }) => ({ value: key, label: t(`tab.${key}`) }));
    return (
      <CustomerHead customer={customer}>
        <Select
          className="customer-section"
          aria-label={t('section')}
          value={active}
          options={options}
          onChange={(key) => change({ tab: key })}
        />
        {shown.find(({ key }) => key === active)?.children}
      </CustomerHead>
    );
  }
  return (
    <CustomerHead customer={customer}>
      <Tabs
        activeKey={active}
        destroyOnHidden
        className="customer-tabs"
        onChange={(key) => change({ tab: key })}
        items={shown.map(({ key, children }) => ({ key, children, label: t(`tab.${key}`) }))}
      />
    </CustomerHead>
  );
}
