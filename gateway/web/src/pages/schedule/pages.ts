import type { PageRoute } from '../area';

/** Calendar, contacts, tasks and campaigns. */
export const schedulePages: PageRoute[] = [
  {
    path: 'work/calendar',
    needs: ['activity.schedule.read'],
    services: ['activity'],
    only: ({ me }) => me.duty === 'ROLE_DUTY_BUSINESS',
    load: () => import('./calendar/CalendarPage'),
    nav: 'calendar',
  },
  {
    path: 'work/contacts',
    needs: ['activity.contact.read'],
    services: ['activity'],
    load: () => import('./contacts/ContactsPage'),
    nav: 'contacts',
  },
  {
    path: 'work/contacts/:contactId',
    needs: ['activity.contact.read'],
    services: ['activity'],
    load: () => import('./contacts/ContactPage'),
  },
  {
    path: 'work/tasks',
    needs: ['activity.task.read'],
    services: ['activity'],
    load: () => import('./tasks/TasksPage'),
    nav: 'tasks',
  },
  { path: 'work/tasks/:taskId', needs: ['activity.task.read'], services: ['activity'], load: () => import('./tasks/TaskPage') },
  {
    path: 'work/campaigns',
    needs: ['activity.task.dispatch'],
    services: ['activity'],
    load: () => import('./campaigns/CampaignsPage'),
    nav: 'campaigns',
  },
  {
    // Also for whoever has a task of it, and reads what to say.
    path: 'work/campaigns/:campaignId',
    needs: ['activity.task.read'],
    services: ['activity'],
    load: () => import('./campaigns/CampaignPage'),
  },
];
