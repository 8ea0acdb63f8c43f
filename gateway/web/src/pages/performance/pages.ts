import type { PageRoute } from '../area';

export const performancePages: PageRoute[] = [];
