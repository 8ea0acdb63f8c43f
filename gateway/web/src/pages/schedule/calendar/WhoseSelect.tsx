import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { useRelationshipManagers, useUnits } from '../../../design/selects';
import type { Whose } from './useCalendar';

/** Whose calendar is shown: one's own, that of a unit's people, or somebody's. */
export function WhoseSelect({ whose, onChange }: { whose: Whose; onChange: (whose: Whose) => void }) {
  const { t } = useTranslation('schedule');
  const { scopePath, personId } = useAccess();
  const units = useUnits();
  const colleagues = useRelationshipManagers();
  const below = (units.data ?? []).filter((unit) => unit.organisationPath.startsWith(scopePath));
  const people = (colleagues.data ?? []).filter(
    (person) => person.organisationPath.startsWith(scopePath) && person.personId !== personId,
  );
  const options = [
    { value: '', label: t('whose.mine') },
    {
      label: t('whose.units'),
      options: below
        .sort((one, other) => one.organisationPath.localeCompare(other.organisationPath))
        .map((unit) => ({ value: unit.organisationPath, label: unit.displayName })),
    },
    { label: t('whose.people'), options: people.map((person) => ({ value: person.personId, label: person.displayName })) },
  ];
  return (
    <Select<string>
      className="whose"
      aria-label={t('whose.label')}
      value={whose}
      onChange={onChange}
      options={options}
      showSearch={{ optionFilterProp: 'label' }}
      loading={units.isLoading || colleagues.isLoading}
    />
  );
}
