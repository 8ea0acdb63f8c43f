import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { UnitSelect } from '../../design/selects';

/** Which unit a page is about, within the caller's reach; the page keeps it in its address. */
export function UnitField({ value, onChange }: { value: string; onChange: (path: string) => void }) {
  const { t } = useTranslation('unit');
  const { scopePath } = useAccess();
  return (
    <UnitSelect
      className="unit-field"
      aria-label={t('unit')}
      below={scopePath}
      value={value}
      onChange={(path) => onChange(path)}
      popupMatchSelectWidth={false}
    />
  );
}
