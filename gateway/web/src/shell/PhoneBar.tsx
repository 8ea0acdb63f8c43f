import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useAccess } from '../access/access';
import { navigationOf } from './navigation';

/** As many as a thumb reaches. */
const PLACES = 4;

/** On a phone: the first page of each of the first areas, at the bottom. */
export function PhoneBar() {
  const groups = navigationOf(useAccess()).slice(0, PLACES);
  const { t } = useTranslation();
  return (
    <nav className="phone-bar" aria-label={t('shell.mainPages')}>
      {groups.map(({ area, pages }) => (
        <NavLink key={area.name} to={`/${pages[0]?.path}`}>
          {area.icon}
          <span>{t(`nav.${pages.length > 1 ? area.name : pages[0]?.nav}`)}</span>
        </NavLink>
      ))}
    </nav>
  );
}
