import type { PageRoute } from '../area';

export const todayPages: PageRoute[] = [
  {
    path: 'today',
    nav: 'today',
    needs: ['activity.schedule.update', 'activity.approval.read', 'analytics.warning.work'],
    // An auditor has no work of the day: he looks at others'.
    only: ({ me, may }) => me.duty === 'ROLE_DUTY_BUSINESS' && !may('operations.audit.read'),
    load: () => import('./TodayPage'),
  },
  {
    path: 'warnings/:warningId',
    needs: ['analytics.warning.read'],
    services: ['analytics'],
    load: () => import('./warning/WarningPage'),
  },
];
