// What people, units and roles are called where the API names them by id.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';
import { useUnits } from '../../design/selects';

/** Of a text in two languages, English first and then Chinese, as titles of feeds and names of roles are, the reader's own. */
export function useOwnLanguage(): (text: string) => string {
  const language = useTranslation().i18n.language;
  return useCallback(
    (text) => {
      const chinese = (text.match(/[\p{Script=Han}、（）]+/gu) ?? []).join('');
      if (language === 'zh') return chinese || text;
      return text.replace(/\s*[\p{Script=Han}、（）]+/gu, '').trim() || text;
    },
    [language],
  );
}

export function useRoles() {
  return api.useQuery('get', '/v1/roles', {}, { staleTime: 10 * 60_000 });
}

/** What a role is called. */
export function RoleName({ role }: { role: string }) {
  const own = useOwnLanguage();
  const known = useRoles().data?.roles.find((each) => each.role === role);
  return <>{known ? own(known.displayName) : role}</>;
}

/** The names of the units from below the head office down to this one. */
export function UnitName({ path }: { path: string }) {
  const units = useUnits();
  const names = (units.data ?? [])
    .filter((unit) => path.startsWith(unit.organisationPath))
    .sort((one, other) => one.organisationPath.length - other.organisationPath.length)
    .map((unit) => unit.displayName);
  return <>{(names.length > 1 ? names.slice(1) : names).join(' / ') || path}</>;
}

/** A person's name, with a link to the person's page for whoever may open it. */
export function PersonName({ personId, name }: { personId: string; name?: string }) {
  const { may } = useAccess();
  const person = api.useQuery(
    'get',
    '/v1/people/{personId}',
    { params: { path: { personId } } },
    { enabled: Boolean(personId) && !name && may('identity.people.read'), staleTime: 10 * 60_000, retry: false },
  );
  const said = name ?? person.data?.displayName ?? personId.slice(0, 8);
  if (!personId) return null;
  if (!may('identity.people.manage') && !may('operations.audit.read')) return <>{said}</>;
  return <Link to={`/administration/people/${personId}`}>{said}</Link>;
}

/** What a service of the deployment is called. */
export function useServiceName(): (service: string) => string {
  const { t } = useTranslation('administration');
  return useCallback((service) => t(`services.${service}`, { defaultValue: service }), [t]);
}
