import type { PageRoute } from '../area';

export const knowledgePages: PageRoute[] = [];
