import { Select, type SelectProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRelationshipManagers } from '../../design/selects';

export interface KnownPerson {
  personId: string;
  displayName: string;
}

/** Somebody who may have a part: the relationship managers whom the caller may name, and who has a part already. */
export function PersonField({ known, ...props }: { known: readonly KnownPerson[] } & Omit<SelectProps<string>, 'options'>) {
  const { t } = useTranslation('performance');
  const managers = useRelationshipManagers();
  const options = (managers.data ?? []).map((person) => ({
    value: person.personId,
    label: `${person.displayName} ${person.staffNumber}`,
  }));
  for (const person of known) {
    if (!options.some((option) => option.value === person.personId)) {
      options.push({ value: person.personId, label: person.displayName || t('deals.somebody') });
    }
  }
  return (
    <Select<string>
      {...props}
      aria-label={t('form.person')}
      placeholder={t('form.person')}
      showSearch={{ optionFilterProp: 'label' }}
      options={options}
      loading={managers.isLoading}
    />
  );
}
