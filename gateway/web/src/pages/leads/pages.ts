import type { PageRoute } from '../area';

export const leadsPages: PageRoute[] = [
  {
    path: 'work/leads',
    needs: ['activity.lead.read'],
    services: ['activity'],
    load: () => import('./LeadsPage'),
    nav: 'leads',
  },
  { path: 'work/leads/:leadId', needs: ['activity.lead.read'], services: ['activity'], load: () => import('./LeadPage') },
  {
    path: 'work/leads/opportunities/:opportunityId',
    needs: ['activity.lead.read'],
    services: ['activity'],
    load: () => import('./OpportunityPage'),
  },
];
