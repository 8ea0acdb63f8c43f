// Where the page shows what a resource's name stands for, such as `tasks/0198…`.
const PLACES: Record<string, (id: string) => string> = {
  appointments: () => '/work/calendar',
  campaigns: (id) => `/work/campaigns/${id}`,
  // Many at once are named by their kind alone.
  claims: (id) => (id ? `/performance/claims/${id}` : '/performance/claims'),
  contacts: (id) => `/work/contacts/${id}`,
  customers: (id) => `/customers/${id}`,
  deals: (id) => `/performance/deals/${id}`,
  departurePlans: (id) => `/unit/departures/${id}`,
  documents: (id) => `/work/knowledge/${id}`,
  duplicateCandidates: (id) => `/customers/duplicates/${id}`,
  feedback: (id) => `/work/needs/${id}`,
  handOvers: (id) => `/customers/hand-overs/${id}`,
  imports: (id) => `/customers/imports/${id}`,
  leads: (id) => `/work/leads/${id}`,
  // A closing and a run are shown with their month, which the page looks up.
  monthClosings: (id) => `/performance/months?closing=${id}`,
  objections: (id) => `/performance/claims?objection=${id}`,
  opportunities: (id) => `/work/leads/opportunities/${id}`,
  productVersions: (id) => `/performance/products/versions/${id}`,
  runs: (id) => `/performance/months?run=${id}`,
  schemes: (id) => `/performance/schemes/${id}`,
  surveyInvitations: (id) => `/work/surveys/invitations/${id}`,
  tasks: (id) => `/work/tasks/${id}`,
  visitProposals: () => '/work/calendar',
  warnings: (id) => `/warnings/${id}`,
  workReports: (id) => `/work/reports/${id}`,
};

/** The address of a resource within the page; undefined where the page has none for its kind. */
export function addressOf(resource: string): string | undefined {
  const [kind = '', id = ''] = resource.split('/');
  return PLACES[kind]?.(id);
}
