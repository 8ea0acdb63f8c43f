import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useAccess } from '../access/access';
import { type NavigationGroup, navigationOf } from './navigation';

/** As many as a thumb reaches. */
const PLACES = 4;

/** On a phone: the first page of each of the first areas, at the bottom. */
export function PhoneBar() {
  const groups = navigationOf(useAccess()).slice(0, PLACES);
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <nav className="phone-bar" aria-label={t('shell.mainPages')}>
      {groups.map((group) => (
        <AreaLink key={group.area.name} group={group} isHere={isIn(group, pathname)}>
          {t(`nav.${group.pages.length > 1 ? group.area.name : group.pages[0]?.nav}`)}
        </AreaLink>
      ))}
    </nav>
  );
}

/** Also on pages of the area that stand behind its first one. */
function isIn({ pages }: NavigationGroup, pathname: string): boolean {
  return pages.some(({ path }) => `${pathname}/`.startsWith(`/${path}/`));
}

function AreaLink({ group, isHere, children }: { group: NavigationGroup; isHere: boolean; children: ReactNode }) {
  const here = isHere ? { className: 'active', 'aria-current': 'true' as const } : {};
  return (
    <Link to={`/${group.pages[0]?.path}`} {...here}>
      {group.area.icon}
      <span>{children}</span>
    </Link>
  );
}
