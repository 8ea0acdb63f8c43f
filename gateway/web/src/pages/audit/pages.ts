import type { PageRoute } from '../area';

export const auditPages: PageRoute[] = [];
