import {
  AuditOutlined,
  BankOutlined,
  CalendarOutlined,
  HomeOutlined,
  LineChartOutlined,
  SettingOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { accountPages } from './account/pages';
import { administrationPages } from './administration/pages';
import { type Area, saidIn } from './area';
import { auditPages } from './audit/pages';
import { customerPages } from './customer/pages';
import { customersPages } from './customers/pages';
import { knowledgePages } from './knowledge/pages';
import { leadsPages } from './leads/pages';
import { needsPages } from './needs/pages';
import { performancePages, productPages } from './performance/pages';
import { reportsPages } from './reports/pages';
import { schedulePages } from './schedule/pages';
import { surveysPages } from './surveys/pages';
import { todayPages } from './today/pages';
import { unitPages } from './unit/pages';

/** In the order of the navigation. */
export const AREAS: Area[] = [
  { name: 'today', icon: <HomeOutlined />, pages: saidIn(['today', 'contacts'], todayPages) },
  // Where somebody audits, that comes before what he may look at for it.
  { name: 'audit', icon: <AuditOutlined />, pages: saidIn('audit', auditPages) },
  {
    name: 'customers',
    icon: <TeamOutlined />,
    pages: [...saidIn('customers', customersPages), ...saidIn('customer', customerPages)],
  },
  {
    name: 'work',
    icon: <CalendarOutlined />,
    pages: [
      ...saidIn('schedule', schedulePages),
      ...saidIn('leads', leadsPages),
      ...saidIn('needs', needsPages),
      ...saidIn('surveys', surveysPages),
      ...saidIn('reports', reportsPages),
      ...saidIn('knowledge', knowledgePages),
    ],
  },
  {
    name: 'performance',
    icon: <LineChartOutlined />,
    pages: [...saidIn('performance', performancePages), ...saidIn('products', productPages)],
  },
  { name: 'unit', icon: <BankOutlined />, pages: saidIn('unit', unitPages) },
  { name: 'administration', icon: <SettingOutlined />, pages: saidIn('administration', administrationPages) },
  { name: 'account', icon: <UserOutlined />, pages: saidIn('account', accountPages) },
];
