import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Flex, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { DateField } from '../../design/fields';
import { useNamedChoices } from '../../design/Named';
import { PERIODS, type Period, shifted } from './reports';

interface Props {
  period: string;
  /** A day of the period; empty for the one that runs. */
  day: string;
  onChange: (changed: { period?: string; day?: string }) => void;
}

/** A day, a week or a month, and which. */
export function PeriodChooser({ period, day, onChange }: Props) {
  const { t } = useTranslation('reports');
  const choices = useNamedChoices();
  const today = dayjs().format('YYYY-MM-DD');
  const shown = day || today;
  const move = (by: number) => onChange({ day: shifted(shown, period as Period, by) });
  return (
    <Flex gap={8} wrap align="center">
      <Segmented
        aria-label={t('workbench:field.period')}
        value={period}
        onChange={(chosen) => onChange({ period: chosen })}
        options={choices<string>(PERIODS)}
      />
      <Flex gap={4}>
        <Button icon={<LeftOutlined />} aria-label={t('before')} onClick={() => move(-1)} />
        <DateField
          aria-label={t('workbench:field.date')}
          allowClear={false}
          value={shown}
          max={today}
          onChange={(chosen) => onChange({ day: chosen })}
        />
        <Button
          icon={<RightOutlined />}
          aria-label={t('after')}
          disabled={shifted(shown, period as Period, 1) > today}
          onClick={() => move(1)}
        />
      </Flex>
    </Flex>
  );
}
