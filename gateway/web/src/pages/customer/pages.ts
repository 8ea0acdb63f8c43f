import type { PageRoute } from '../area';

export const customerPages: PageRoute[] = [];
