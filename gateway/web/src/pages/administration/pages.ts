import type { PageRoute } from '../area';

export const administrationPages: PageRoute[] = [];
