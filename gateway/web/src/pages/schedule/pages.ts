import type { PageRoute } from '../area';

export const schedulePages: PageRoute[] = [];
