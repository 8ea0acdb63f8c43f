// What becomes of results where a version is published: said before somebody submits or publishes it.
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { today, type Version } from './products';

/** Sentences: from when on it holds, in whose place, and which months are computed anew. */
export function useEffectWords(): (version: Version, former: Version | undefined) => string[] {
  const { t } = useTranslation('products');
  const formats = useFormats();
  return (version, former) => {
    const date = formats.date(version.startDate);
    const ends = !version.definition?.sources.length;
    const said = [t(ends ? 'effect.ends' : 'effect.holds', { date })];
    if (former) said.push(t('effect.replaces', { number: former.versionNumber }));
    const day = today();
    if (version.startDate > day) said.push(t('effect.later'));
    else if (version.startDate.slice(0, 7) === day.slice(0, 7)) said.push(t('effect.month', { month: formats.month(day), date }));
    else said.push(t('effect.months', { from: formats.month(version.startDate), to: formats.month(day), date }));
    return said;
  };
}
