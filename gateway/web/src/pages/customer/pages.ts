import type { PageRoute } from '../area';

export const customerPages: PageRoute[] = [
  {
    path: 'customers/:customerId',
    needs: ['customer.record.read'],
    services: ['customer'],
    load: () => import('./CustomerPage'),
  },
];
