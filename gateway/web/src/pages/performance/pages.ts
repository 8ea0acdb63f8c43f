import type { Access } from '../../access/access';
import type { PageRoute } from '../area';

/** Whoever works with customers of his own has results of his own; whoever leads reads those of others. */
const earns = ({ me }: Access) =>
  me.posts.some((post) => post.scope === 'SCOPE_KIND_OWN' && post.permissions.includes('performance.result.read'));
const leads = (access: Access) => access.leads;
/** Months are computed and closed by few; others come to them from the results of their unit. */
const keepsMonths = ({ may }: Access) => may('performance.run.start') || may('performance.month.close');
/** Schemes are defined by few; others come to them from a deal. */
const definesSchemes = ({ may }: Access) => may('performance.scheme.define');

export const performancePages: PageRoute[] = [
  {
    path: 'performance/results',
    needs: ['performance.result.read'],
    services: ['performance'],
    only: earns,
    load: () => import('./results/ResultsPage'),
    nav: 'results',
  },
  {
    path: 'performance/results/:personId',
    needs: ['performance.result.read'],
    services: ['performance'],
    only: leads,
    load: () => import('./results/ResultsPage'),
  },
  {
    path: 'performance/deals',
    needs: ['performance.deal.read'],
    services: ['performance'],
    load: () => import('./deals/DealsPage'),
    nav: 'deals',
  },
  {
    path: 'performance/deals/:dealId',
    needs: ['performance.deal.read'],
    services: ['performance'],
    load: () => import('./deals/DealPage'),
  },
  {
    path: 'performance/claims',
    needs: ['performance.claim.read'],
    services: ['performance'],
    load: () => import('./claims/ClaimsPage'),
    nav: 'claims',
  },
  {
    path: 'performance/claims/:claimId',
    needs: ['performance.claim.read'],
    services: ['performance'],
    load: () => import('./claims/ClaimPage'),
  },
  {
    path: 'performance/months',
    needs: ['performance.run.read'],
    services: ['performance'],
    load: () => import('./months/MonthsPage'),
    nav: 'months',
    navFor: keepsMonths,
  },
  {
    path: 'performance/months/:month',
    needs: ['performance.run.read'],
    services: ['performance'],
    load: () => import('./months/MonthPage'),
  },
  {
    path: 'performance/schemes',
    needs: ['performance.scheme.read'],
    services: ['performance'],
    load: () => import('./schemes/SchemesPage'),
    nav: 'schemes',
    navFor: definesSchemes,
  },
  {
    path: 'performance/schemes/:schemeId',
    needs: ['performance.scheme.read'],
    services: ['performance'],
    load: () => import('./schemes/SchemePage'),
  },
];

/** In the navigation of whoever keeps the catalogue, or answers for the results of others by it; others come from their results. */
export const productPages: PageRoute[] = [
  {
    path: 'performance/products',
    needs: ['performance.product.read'],
    services: ['performance'],
    load: () => import('./products/ProductsPage'),
    nav: 'products',
    navFor: leads,
  },
  {
    path: 'performance/products/:productCode',
    needs: ['performance.product.read'],
    services: ['performance'],
    load: () => import('./products/ProductPage'),
  },
  {
    path: 'performance/products/versions/:productVersionId',
    needs: ['performance.product.read'],
    services: ['performance'],
    load: () => import('./products/VersionPage'),
  },
];
