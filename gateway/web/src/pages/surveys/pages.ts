import type { PageRoute } from '../area';

export const surveysPages: PageRoute[] = [];
