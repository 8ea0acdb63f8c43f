import { Flex, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../access/access';
import { UnitSelect } from './selects';

/** The filter's value for what is one's own; a unit's path stands for that unit, nothing for all that one leads. */
const MINE = 'mine';

/** The unit whose lists are shown by the filter's value; empty for one's own. */
export function useScopePath(scope: string): string {
  const { leads, scopePath } = useAccess();
  if (!leads || scope === MINE) return '';
  return scope || scopePath;
}

/** One's own, or those of a unit: for whoever leads one; nothing for anybody else. */
export function ScopeSelect({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const { leads, scopePath } = useAccess();
  if (!leads) return null;
  const mine = value === MINE;
  return (
    <Flex gap={8} wrap>
      <Segmented
        aria-label={t('field.scope')}
        value={mine ? MINE : ''}
        onChange={onChange}
        options={[
          { value: '', label: t('field.unit') },
          { value: MINE, label: t('field.mine') },
        ]}
      />
      {!mine && (
        <UnitSelect
          aria-label={t('field.unit')}
          className="scope-unit"
          below={scopePath}
          value={value || scopePath}
          onChange={onChange}
        />
      )}
    </Flex>
  );
}
