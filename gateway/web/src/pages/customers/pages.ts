import type { PageRoute } from '../area';

export const customersPages: PageRoute[] = [];
