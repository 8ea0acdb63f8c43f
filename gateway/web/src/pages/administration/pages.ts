import type { PageRoute } from '../area';

const IDENTITY = ['identity'] as const;
const INTEGRATION = ['integration'] as const;

/** Administration is for system posts; the auditor reads who holds which post, the data steward mends rows. */
export const administrationPages: PageRoute[] = [
  {
    path: 'administration/organisation',
    needs: ['identity.organisation.manage'],
    services: [...IDENTITY],
    load: () => import('./organisation/OrganisationPage'),
    nav: 'organisation',
  },
  {
    path: 'administration/people',
    needs: ['identity.people.manage', 'operations.audit.read'],
    services: [...IDENTITY],
    load: () => import('./people/PeoplePage'),
    nav: 'people',
  },
  {
    path: 'administration/people/:personId',
    needs: ['identity.people.manage', 'operations.audit.read'],
    services: [...IDENTITY],
    load: () => import('./people/PersonPage'),
  },
  {
    path: 'administration/grants',
    needs: ['identity.grants.propose', 'identity.grants.approve', 'operations.audit.read'],
    services: [...IDENTITY],
    load: () => import('./grants/GrantsPage'),
    nav: 'grants',
  },
  {
    path: 'administration/feeds',
    needs: ['integration.feed.read'],
    services: [...INTEGRATION],
    load: () => import('./feeds/FeedsPage'),
    nav: 'feeds',
  },
  {
    path: 'administration/feeds/:feed',
    needs: ['integration.feed.read'],
    services: [...INTEGRATION],
    load: () => import('./feeds/FeedPage'),
  },
  {
    path: 'administration/quarantine',
    needs: ['integration.quarantine.read'],
    services: [...INTEGRATION],
    load: () => import('./quarantine/QuarantinePage'),
    nav: 'quarantine',
  },
  {
    path: 'administration/datasets',
    needs: ['integration.dataset.read'],
    services: [...INTEGRATION],
    load: () => import('./datasets/DatasetsPage'),
    nav: 'datasets',
  },
  {
    path: 'administration/events',
    needs: ['operations.events.read'],
    load: () => import('./EventsPage'),
    nav: 'events',
  },
  {
    path: 'administration/health',
    needs: ['operations.events.read'],
    load: () => import('./health/HealthPage'),
    nav: 'health',
  },
];
