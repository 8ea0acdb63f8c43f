import type { Access } from '../../access/access';
import type { PageRoute } from '../area';

/** For whoever is in charge of more than own customers. */
const only = (access: Access) => access.leads;

export const unitPages: PageRoute[] = [
  {
    path: 'unit',
    needs: ['activity.task.dispatch'],
    services: ['activity', 'customer'],
    only,
    load: () => import('./day/TeamDayPage'),
    nav: 'teamDay',
  },
  {
    path: 'unit/results',
    needs: ['performance.result.read'],
    services: ['performance'],
    only,
    load: () => import('./results/UnitResultsPage'),
    nav: 'unitResults',
  },
  {
    path: 'unit/coverage',
    needs: ['customer.coverage.transfer'],
    services: ['customer'],
    only,
    load: () => import('./coverage/CoveragePage'),
    nav: 'coverage',
  },
  {
    path: 'unit/warnings',
    needs: ['analytics.warning.read'],
    services: ['analytics'],
    only,
    load: () => import('./warnings/WarningsPage'),
    nav: 'warnings',
  },
  {
    path: 'unit/departures',
    needs: ['analytics.departure.read'],
    services: ['analytics'],
    only,
    load: () => import('./departures/DeparturesPage'),
    nav: 'departures',
  },
  {
    path: 'unit/departures/:planId',
    needs: ['analytics.departure.read'],
    services: ['analytics'],
    only,
    load: () => import('./departures/DeparturePlanPage'),
  },
  {
    path: 'unit/dispatch',
    needs: ['activity.task.dispatch'],
    services: ['activity'],
    only,
    load: () => import('./dispatch/DispatchPage'),
    nav: 'dispatch',
  },
  {
    path: 'unit/approvals',
    needs: ['activity.approval.read'],
    services: ['activity'],
    only,
    load: () => import('./approvals/ApprovalsPage'),
    nav: 'approvals',
  },
];
