import type { PageRoute } from '../area';

export const surveysPages: PageRoute[] = [
  {
    path: 'work/surveys',
    needs: ['activity.survey.read'],
    services: ['activity'],
    load: () => import('./SurveysPage'),
    nav: 'surveys',
  },
  {
    path: 'work/surveys/invitations/:surveyInvitationId',
    needs: ['activity.survey.read'],
    services: ['activity'],
    load: () => import('./InvitationPage'),
  },
];
