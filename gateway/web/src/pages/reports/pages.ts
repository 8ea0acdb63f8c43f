import type { PageRoute } from '../area';

export const reportsPages: PageRoute[] = [];
