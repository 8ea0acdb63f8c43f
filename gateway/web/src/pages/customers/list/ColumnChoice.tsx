import { ArrowDownOutlined, ArrowUpOutlined, SettingOutlined } from '@ant-design/icons';
import { Button, Checkbox, Flex, Popover } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ColumnName } from './columns';

interface Props {
  chosen: readonly ColumnName[];
  /** All that can be chosen. */
  names: readonly ColumnName[];
  onChange: (chosen: ColumnName[]) => void;
  onReset: () => void;
}

/** Which columns the list shows, and in which order. The name always comes first. */
export function ColumnChoice({ chosen, names, onChange, onReset }: Props) {
  const { t } = useTranslation('customers');
  const others = names.filter((name) => !chosen.includes(name));
  const move = (name: ColumnName, by: 1 | -1) => {
    const moved = chosen.filter((each) => each !== name);
    moved.splice(chosen.indexOf(name) + by, 0, name);
    onChange(moved);
  };
  const toggle = (name: ColumnName) =>
    onChange(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('columns.title')}
      content={
        <Flex vertical gap={4} className="column-choice">
          {[...chosen, ...others].map((name) => {
            const place = chosen.indexOf(name);
            return (
              <Flex key={name} justify="space-between" align="center" className="column-row">
                <Checkbox checked={place >= 0} disabled={name === 'display_name'} onChange={() => toggle(name)}>
                  {t(`column.${name}`)}
                </Checkbox>
                {place > 0 && (
                  <span>
                    <Button
                      type="text"
                      size="small"
                      icon={<ArrowUpOutlined />}
                      disabled={place === 1}
                      aria-label={t('columns.left', { name: t(`column.${name}`) })}
                      onClick={() => move(name, -1)}
                    />
                    <Button
                      type="text"
                      size="small"
                      icon={<ArrowDownOutlined />}
                      disabled={place === chosen.length - 1}
                      aria-label={t('columns.right', { name: t(`column.${name}`) })}
                      onClick={() => move(name, 1)}
                    />
                  </span>
                )}
              </Flex>
            );
          })}
          <Button size="small" onClick={onReset}>
            {t('columns.reset')}
          </Button>
        </Flex>
      }
    >
      <Button icon={<SettingOutlined />}>{t('columns.button')}</Button>
    </Popover>
  );
}
