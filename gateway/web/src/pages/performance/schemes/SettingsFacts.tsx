import { Descriptions } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { ROLES } from '../deals/roles';
import { useStageName } from '../stages';
import { CONTACT_KINDS, type Setting, type Settings, settingsFrom, settingsOf } from './parameters';
import type { Scheme } from './schemes';

/** What is set of a scheme, all of it, also what is as the workbench brings it along. */
export function SettingsFacts({ scheme }: { scheme: Scheme }) {
  const { t } = useTranslation('schemes');
  const settings = settingsFrom(scheme.parameters);
  const words = useSettingWords();
  const read = settingsOf(scheme.kind, settings);
  if (!read.length) return null;
  return (
    <Descriptions
      size="small"
      className="scheme-settings"
      column={{ xs: 1, sm: 2, lg: 3 }}
      items={read.map((setting) => ({ key: setting, label: t(`setting.${setting}`), children: words(setting, settings) }))}
    />
  );
}

/** One setting as it is read: percent, days, or what each of several weighs. */
export function useSettingWords(): (setting: Setting, settings: Settings) => ReactNode {
  const { t } = useTranslation('schemes');
  const formats = useFormats();
  const named = useNamed();
  const stageName = useStageName();
  const percent = (value: number) => `${formats.number(value, Number.isInteger(value) ? 0 : 2)}%`;
  const joined = (parts: string[]) => parts.join(t('and'));
  const each = (name: string, value: string | number) => t('each', { name, value });
  return (setting, settings) => {
    switch (setting) {
      case 'innerKind':
      case 'effortMeasure':
        return named(settings[setting]);
      case 'position': {
        const { first, turning, last, others } = settings.position;
        return joined([
          each(t('position.first'), percent(first)),
          each(t('position.turning'), percent(turning)),
          each(t('position.last'), percent(last)),
          each(t('position.others'), percent(others)),
        ]);
      }
      case 'roleWeights':
        return joined(ROLES.map((role) => each(named(role), settings.roleWeights[role] ?? 0)));
      case 'contactPoints':
        return joined(Object.entries(CONTACT_KINDS).map(([kind, name]) => each(named(name), settings.contactPoints[kind] ?? 0)));
      case 'stageWeights':
        if (!settings.stageWeights.length) return t('stagesAlike');
        return joined(settings.stageWeights.map(({ stageCode, weight }) => each(stageName(stageCode), weight)));
      case 'halfLifeDays':
      case 'historyDays':
        return t('days', { count: settings[setting] });
      case 'touchStrength':
      case 'agreed':
      case 'floor':
      case 'cap':
        return percent(settings[setting]);
      default:
        return formats.number(settings[setting]);
    }
  };
}
