import { Menu, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useAccess } from '../access/access';
import type { Area } from '../pages/area';
import { type NavigationGroup, navigationOf } from './navigation';

/** The pages that the person may open, by area. */
export function Navigation({ onOpened }: { onOpened?: () => void }) {
  const groups = navigationOf(useAccess());
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const items: MenuProps['items'] = groups.map((group) => item(group, t));
  const paths = groups.flatMap(({ pages }) => pages.map((page) => page.path));
  const here = pathname.slice(1);
  const current = paths
    .filter((path) => here === path || here.startsWith(`${path}/`))
    .sort((one, other) => other.length - one.length)[0];
  const openAreas = groups.filter(({ pages }) => pages.length > 1).map(({ area }) => keyOf(area));
  return (
    <nav aria-label={t('shell.navigation')}>
      <Menu
        mode="inline"
        inlineIndent={16}
        selectedKeys={current ? [current] : []}
        defaultOpenKeys={openAreas}
        items={items}
        onClick={() => onOpened?.()}
      />
    </nav>
  );
}

type Words = (key: string) => string;

const keyOf = (area: Area) => `area:${area.name}`;

function item({ area, pages }: NavigationGroup, t: Words) {
  const link = (path: string, words: string) => <Link to={`/${path}`}>{t(`nav.${words}`)}</Link>;
  const [only] = pages;
  if (pages.length === 1 && only) return { key: only.path, icon: area.icon, label: link(only.path, only.nav ?? '') };
  return {
    // A page may be called as its area is.
    key: keyOf(area),
    icon: area.icon,
    label: t(`nav.${area.name}`),
    children: pages.map((page) => ({ key: page.path, label: link(page.path, page.nav ?? '') })),
  };
}
