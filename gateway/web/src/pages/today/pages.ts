import type { PageRoute } from '../area';
import TodayPage from './TodayPage';

export const todayPages: PageRoute[] = [
  {
    path: 'today',
    nav: 'today',
    needs: ['activity.schedule.update', 'activity.approval.read', 'analytics.warning.work'],
    // An auditor has no work of the day: he looks at others'.
    only: ({ me, may }) => me.duty === 'ROLE_DUTY_BUSINESS' && !may('operations.audit.read'),
    // Most people begin here: its code comes with that of the frame.
    load: async () => ({ default: TodayPage }),
  },
  {
    path: 'warnings/:warningId',
    needs: ['analytics.warning.read'],
    services: ['analytics'],
    load: () => import('./warning/WarningPage'),
  },
];
