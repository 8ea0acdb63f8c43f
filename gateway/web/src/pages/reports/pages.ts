import type { PageRoute } from '../area';

export const reportsPages: PageRoute[] = [
  {
    path: 'work/reports',
    needs: ['activity.report.read'],
    services: ['activity'],
    load: () => import('./ReportsPage'),
    nav: 'reports',
  },
  {
    path: 'work/reports/:workReportId',
    needs: ['activity.report.read'],
    services: ['activity'],
    load: () => import('./ReportPage'),
  },
];
