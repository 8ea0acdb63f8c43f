import { Card, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { EmptyState, Loaded } from '../../../design/States';

interface Props {
  unit: string;
  person: string;
  onPerson: (personId: string) => void;
}

/** How much each person has to do, the most first; a click narrows the tasks to his. */
export function Loads({ unit, person, onPerson }: Props) {
  const { t } = useTranslation('unit');
  const loads = api.useQuery('get', '/v1/taskLoads', { params: { query: { organisationPath: unit } } });
  return (
    <Card size="small" title={t('dispatch.loads')}>
      <Loaded query={loads} isEmpty={(data) => data.loads.length === 0} empty={<EmptyState words={t('day.nobody')} />} rows={6}>
        {(data) => {
          const most = Math.max(1, ...data.loads.map((load) => load.openCount));
          const byLoad = [...data.loads].sort((one, other) => other.openCount - one.openCount);
          return (
            <ul className="unit-facets">
              {byLoad.map((load) => (
                <li key={load.personId}>
                  <button
                    type="button"
                    className="unit-facet"
                    aria-pressed={person === load.personId}
                    onClick={() => onPerson(person === load.personId ? '' : load.personId)}
                  >
                    <span>
                      {load.displayName} {load.absent && <Tag color="warning">{t('day.absent')}</Tag>}
                    </span>
                    <span className="amount">
                      {load.overdueCount > 0 && <span className="unit-late">{t('late', { count: load.overdueCount })} </span>}
                      {load.openCount}
                    </span>
                    <span className="unit-bars">
                      {load.overdueCount > 0 && (
                        <span className="unit-bar unit-bar-late" style={{ width: `${(load.overdueCount / most) * 100}%` }} />
                      )}
                      <span className="unit-bar" style={{ width: `${((load.openCount - load.overdueCount) / most) * 100}%` }} />
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}
