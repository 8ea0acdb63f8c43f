// In what two versions differ: where, and what stands there, as people read it.
import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';
import { isAmount, isRate } from './ParameterTable';
import { capital, useDatasetName, useKindName, useParameterName, useSince, type Version } from './products';
import { percentOf } from './rates';

const PLACE = /^(\w+)(?:\[([^\]]*)\])?(?:\.(.+))?$/;

/** What a field of a comparison is called, such as `sources[balances].formulas[FTP_PROFIT].formula`. */
export function useFieldWords(versions: readonly Version[]): (field: string) => string {
  const { t } = useTranslation('products');
  const named = useNamed();
  const datasetName = useDatasetName();
  const nameOf = useParameterName();
  const parameters = versions.flatMap((version) => version.definition?.parameters ?? []);
  const parameterName = (name: string) => nameOf(parameters.find((each) => each.name === name) ?? { name, displayName: '' });
  const itemName = (list: string, item: string) => {
    if (list === 'sources') return datasetName(item);
    if (list === 'formulas') return named(`MEASURE_${item}`);
    return list === 'parameters' ? parameterName(item) : item;
  };
  return (field) => {
    const said: string[] = [];
    for (let rest: string | undefined = field; rest; ) {
      const [, list = rest, item, after]: (string | undefined)[] = PLACE.exec(rest) ?? [];
      if (list === 'currency_day_bases') said.push(t('fields.currency_day_bases'));
      if (item !== undefined) said.push(itemName(list, item));
      // A formula is named by what it measures.
      else if (list !== 'formula' || !said.length) said.push(t(`fields.${list}`, { defaultValue: list }));
      rest = after;
    }
    return capital(said.join(' · '));
  };
}

/** What a field holds, as people read it. */
export function useFieldValue(versions: readonly Version[]): (field: string, value: string) => string {
  const named = useNamed();
  const kindName = useKindName();
  const since = useSince();
  const { t } = useTranslation('products');
  return (field, value) => {
    if (!value) return '';
    if (field === 'start_date') return since(value);
    const parameter = /^parameters\[(\w+)\]\.value$/.exec(field)?.[1];
    const kinds = versions.map((version) => version.definition?.parameters.find((each) => each.name === parameter)?.kind);
    if (kinds.some((kind) => kind && isRate(kind)) || field === 'fixed_ftp_rate') return `${percentOf(value)}%`;
    if (kinds.some((kind) => kind && isAmount(kind))) return `¥${value}`;
    if (field.endsWith('.kinds')) return value.split(', ').map(kindName).join(t('comma'));
    if (field.endsWith('.remaining')) return t('yes');
    return /^[A-Z]+(_[A-Z0-9]+)+$/.test(value) && !field.endsWith('code') && !field.endsWith('codes') ? named(value) : value;
  };
}
