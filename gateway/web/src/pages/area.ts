// An area of the page: who sees which pages of it, and where they stand in the navigation.
import type { Permission } from '@rm-workbench/client';
import i18next from 'i18next';
import type { ComponentType, ReactNode } from 'react';
import type { Access, ServiceName } from '../access/access';

export interface PageRoute {
  /** Below `/app/`, such as `customers/:customerId`. */
  path: string;
  /** Any of these permissions opens the page; none for everybody who is signed in. */
  needs: Permission[];
  /** Services without which the page has nothing to show. */
  services?: ServiceName[];
  /** Asked on top of permissions, where a page is for some posts only. */
  only?: (access: Access) => boolean;
  load: () => Promise<{ default: ComponentType }>;
  /** In the navigation, by this word under `nav` of the common words; left out for pages that are reached from others. */
  nav?: string;
  /** For whom it stands there, where not for all who may open it: others come from another page. */
  navFor?: (access: Access) => boolean;
}

export interface Area {
  /** Its key in the navigation, and its word under `nav`. */
  name: string;
  icon: ReactNode;
  pages: PageRoute[];
}

/** An area's words stand in files of their own; they come together with the code of its pages. */
export function saidIn(words: string | string[], pages: PageRoute[]): PageRoute[] {
  return pages.map((page) => ({
    ...page,
    load: () => {
      void i18next.loadNamespaces(words);
      return page.load();
    },
  }));
}

export function mayOpen(page: PageRoute, access: Access): boolean {
  const permitted = page.needs.length === 0 || page.needs.some(access.may);
  return permitted && (page.services ?? []).every(access.has) && (page.only?.(access) ?? true);
}
