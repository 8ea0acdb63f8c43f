import type { PageRoute } from '../area';

export const unitPages: PageRoute[] = [];
