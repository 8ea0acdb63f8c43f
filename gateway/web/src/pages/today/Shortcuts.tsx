import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { navigationOf } from '../../shell/navigation';
import { Panel } from './Panel';

/** For posts without customers of their own: the way to what they do. */
export function Shortcuts() {
  const { t } = useTranslation(['today', 'workbench']);
  const groups = navigationOf(useAccess()).filter(({ area }) => area.name !== 'today');
  return (
    <Panel place={3} title={t('shortcuts.title')}>
      <div className="day-shortcuts">
        {groups.map(({ area, pages }) => (
          <section key={area.name} aria-label={t(`workbench:nav.${area.name}`)}>
            <h3 className="day-shortcuts-title">
              <span aria-hidden>{area.icon}</span> {t(`workbench:nav.${area.name}`)}
            </h3>
            <ul>
              {pages.map((page) => (
                <li key={page.path}>
                  <Link to={`/${page.path}`}>{t(`workbench:nav.${page.nav}`)}</Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Panel>
  );
}
