import type { PageRoute } from '../area';

export const auditPages: PageRoute[] = [
  { path: 'audit', needs: ['operations.audit.read'], load: () => import('./RecordsPage'), nav: 'auditRecords' },
  { path: 'audit/proof', needs: ['operations.audit.read'], load: () => import('./ProofPage'), nav: 'auditProof' },
];
