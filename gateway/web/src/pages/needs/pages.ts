import type { PageRoute } from '../area';

export const needsPages: PageRoute[] = [];
