import type { PageRoute } from '../area';

export const todayPages: PageRoute[] = [];
