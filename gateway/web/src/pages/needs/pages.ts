import type { PageRoute } from '../area';

export const needsPages: PageRoute[] = [
  {
    path: 'work/needs',
    needs: ['activity.feedback.read'],
    services: ['activity'],
    load: () => import('./NeedsPage'),
    nav: 'needs',
  },
  {
    path: 'work/needs/:feedbackId',
    needs: ['activity.feedback.read'],
    services: ['activity'],
    load: () => import('./FeedbackPage'),
  },
];
