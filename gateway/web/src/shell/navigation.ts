import type { Access } from '../access/access';
import { type Area, mayOpen, type PageRoute } from '../pages/area';
import { AREAS } from '../pages/areas';

export interface NavigationGroup {
  area: Area;
  pages: PageRoute[];
}

/** What the person may open, by area. */
export function navigationOf(access: Access): NavigationGroup[] {
  const stands = (page: PageRoute) => page.nav && mayOpen(page, access) && (page.navFor?.(access) ?? true);
  return AREAS.map((area) => ({ area, pages: area.pages.filter(stands) })).filter(({ pages }) => pages.length > 0);
}

/** Where the person begins: the first page of the navigation. */
export function firstPath(access: Access): string {
  return `/${navigationOf(access)[0]?.pages[0]?.path ?? 'account'}`;
}
