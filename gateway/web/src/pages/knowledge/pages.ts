import type { PageRoute } from '../area';

export const knowledgePages: PageRoute[] = [
  {
    path: 'work/knowledge',
    needs: ['activity.knowledge.read'],
    services: ['activity'],
    load: () => import('./KnowledgePage'),
    nav: 'knowledge',
  },
  {
    path: 'work/knowledge/:documentId',
    needs: ['activity.knowledge.read'],
    services: ['activity'],
    load: () => import('./DocumentPage'),
  },
];
