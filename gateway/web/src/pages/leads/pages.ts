import type { PageRoute } from '../area';

export const leadsPages: PageRoute[] = [];
