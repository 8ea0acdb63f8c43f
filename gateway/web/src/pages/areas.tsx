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
import type { Area } from './area';
import { auditPages } from './audit/pages';
import { customerPages } from './customer/pages';
import { customersPages } from './customers/pages';
import { knowledgePages } from './knowledge/pages';
import { leadsPages } from './leads/pages';
import { needsPages } from './needs/pages';
import { performancePages } from './performance/pages';
import { reportsPages } from './reports/pages';
import { schedulePages } from './schedule/pages';
import { surveysPages } from './surveys/pages';
import { todayPages } from './today/pages';
import { unitPages } from './unit/pages';

/** In the order of the navigation. */
export const AREAS: Area[] = [
  { name: 'today', icon: <HomeOutlined />, pages: todayPages },
  // Where somebody audits, that comes before what he may look at for it.
  { name: 'audit', icon: <AuditOutlined />, pages: auditPages },
  { name: 'customers', icon: <TeamOutlined />, pages: [...customersPages, ...customerPages] },
  {
    name: 'work',
    icon: <CalendarOutlined />,
    pages: [...schedulePages, ...leadsPages, ...needsPages, ...surveysPages, ...reportsPages, ...knowledgePages],
  },
  { name: 'performance', icon: <LineChartOutlined />, pages: performancePages },
  { name: 'unit', icon: <BankOutlined />, pages: unitPages },
  { name: 'administration', icon: <SettingOutlined />, pages: administrationPages },
  { name: 'account', icon: <UserOutlined />, pages: accountPages },
];
