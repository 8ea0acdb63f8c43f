import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';

/** Who did something, as far as the reader may know: by name, or a colleague where it is nobody whom he sees. */
export function PersonSaid({ personId }: { personId: string }) {
  const { t } = useTranslation('performance');
  const { me, personId: own, may } = useAccess();
  const person = api.useQuery(
    'get',
    '/v1/people/{personId}',
    { params: { path: { personId } } },
    { enabled: personId !== own && may('identity.people.read'), staleTime: 10 * 60_000, retry: false },
  );
  if (personId === own) return <>{t('people.own', { name: me.person?.displayName ?? '' })}</>;
  return <>{person.data?.displayName ?? t('deals.somebody')}</>;
}
