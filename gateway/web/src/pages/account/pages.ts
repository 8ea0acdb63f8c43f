import type { PageRoute } from '../area';

/** One's own account: it stands in the person's menu, not in the navigation. */
export const accountPages: PageRoute[] = [{ path: 'account', needs: [], load: () => import('./AccountPage') }];
