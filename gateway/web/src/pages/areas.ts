import { accountArea } from './account/area';
import type { Area } from './area';

/** In the order of the navigation. */
export const AREAS: Area[] = [accountArea];
