import type { PageRoute } from '../area';

export const customersPages: PageRoute[] = [
  {
    path: 'customers',
    needs: ['customer.record.read'],
    services: ['customer'],
    nav: 'customerList',
    load: () => import('./list/CustomerListPage'),
  },
  {
    path: 'customers/duplicates',
    needs: ['customer.duplicate.review'],
    services: ['customer'],
    nav: 'duplicates',
    load: () => import('./duplicates/DuplicateListPage'),
  },
  {
    path: 'customers/duplicates/:candidateId',
    needs: ['customer.duplicate.review'],
    services: ['customer'],
    load: () => import('./duplicates/DuplicatePage'),
  },
  {
    path: 'customers/imports',
    needs: ['customer.record.import'],
    services: ['customer'],
    nav: 'imports',
    load: () => import('./imports/ImportListPage'),
  },
  {
    path: 'customers/imports/new',
    needs: ['customer.record.import'],
    services: ['customer'],
    load: () => import('./imports/NewImportPage'),
  },
  {
    path: 'customers/imports/:importId',
    needs: ['customer.record.import'],
    services: ['customer'],
    load: () => import('./imports/ImportPage'),
  },
  {
    path: 'customers/hand-overs',
    needs: ['customer.coverage.assign', 'customer.coverage.transfer', 'customer.coverage.approve'],
    services: ['customer'],
    nav: 'handOvers',
    load: () => import('./handOvers/HandOverListPage'),
  },
  {
    path: 'customers/hand-overs/new',
    needs: ['customer.coverage.transfer'],
    services: ['customer'],
    load: () => import('./handOvers/NewHandOverPage'),
  },
  {
    path: 'customers/hand-overs/:handOverId',
    needs: ['customer.record.read'],
    services: ['customer'],
    load: () => import('./handOvers/HandOverPage'),
  },
];
