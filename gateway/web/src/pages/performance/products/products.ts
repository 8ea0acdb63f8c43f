// Products of the catalogue and their versions, as these pages show them.
import type { Schema } from '@rm-workbench/client';
import dayjs from 'dayjs';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { mayForBank } from '../charge';

export type Version = Schema<'performance.v1.ProductVersion'>;
export type VersionState = Version['state'];
export type Category = Version['category'];
export type Definition = NonNullable<Version['definition']>;
export type Source = Schema<'performance.v1.ProductSource'>;
export type Measure = Schema<'performance.v1.MeasureFormula'>['measure'];
export type Parameter = Schema<'performance.v1.ProductParameter'>;
export type FormulaSource = Schema<'performance.v1.FormulaSource'>;

export const CATEGORIES = [
  'PRODUCT_CATEGORY_DEPOSIT',
  'PRODUCT_CATEGORY_LOAN',
  'PRODUCT_CATEGORY_BILL',
  'PRODUCT_CATEGORY_FACTORING',
  'PRODUCT_CATEGORY_INTERNATIONAL',
  'PRODUCT_CATEGORY_CARD',
  'PRODUCT_CATEGORY_WEALTH',
  'PRODUCT_CATEGORY_INTERMEDIARY',
  'PRODUCT_CATEGORY_ONLINE',
  'PRODUCT_CATEGORY_COMMITMENT',
  'PRODUCT_CATEGORY_OTHER',
] as const satisfies Category[];

export const OPEN_STATES = ['PRODUCT_VERSION_STATE_DRAFT', 'PRODUCT_VERSION_STATE_SUBMITTED'] as const satisfies VersionState[];

export const VERSION_TONES: Partial<Record<VersionState, 'success' | 'warning' | 'processing' | 'default'>> = {
  PRODUCT_VERSION_STATE_DRAFT: 'warning',
  PRODUCT_VERSION_STATE_SUBMITTED: 'processing',
  PRODUCT_VERSION_STATE_PUBLISHED: 'success',
};

/** All that the service gives at once; neither products nor versions of one are more. */
export const ALL = 1000;
/** What the workbench brings along holds from here on: before any result. */
const BEGINNING = '1900-01-01';

export const isOpen = (version: Version) => OPEN_STATES.some((state) => state === version.state);
export const today = () => dayjs().format('YYYY-MM-DD');

/** What is said in both languages, in the reader's; in the other one where it is said in that alone. */
export function useEitherWords(): (chinese: string, english: string) => string {
  const { i18n } = useTranslation();
  return useCallback((chinese, english) => (i18n.language === 'zh' ? chinese || english : english || chinese), [i18n.language]);
}

/** Since when something is in force. */
export function useSince(): (date: string) => string {
  const { t } = useTranslation('products');
  const formats = useFormats();
  return useCallback(
    (date) => (date <= BEGINNING ? t('fromBeginning') : t('fromOn', { date: formats.date(date) })),
    [t, formats],
  );
}

/** The days in which a version is, was or will be in force. */
export function useSpan(): (version: Version) => string {
  const { t } = useTranslation('products');
  const formats = useFormats();
  const since = useSince();
  return useCallback(
    ({ startDate, endDate }) => {
      if (endDate && endDate < startDate) return t('neverInForce');
      if (!endDate) return since(startDate);
      if (startDate <= BEGINNING) return t('until', { date: formats.date(endDate) });
      return `${formats.date(startDate)} – ${formats.date(endDate)}`;
    },
    [t, formats, since],
  );
}

/** The datasets on which products are measured, with all that formulas may name. */
export function useFormulaSources(): FormulaSource[] {
  return api.useQuery('get', '/v1/formulaSources', {}, { staleTime: 10 * 60_000 }).data?.sources ?? [];
}

/** What a dataset is called. */
export function useDatasetName(): (dataset: string) => string {
  const sources = useFormulaSources();
  const either = useEitherWords();
  return (dataset) => {
    const source = sources.find((each) => each.dataset === dataset);
    return source ? either(source.chineseName, source.englishName) : dataset;
  };
}

/** The same where it stands first. */
export const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** What a constant of a product is called; in English by its name in formulas, as they say it too. */
export function useParameterName(): (parameter: Pick<Parameter, 'name' | 'displayName'>) => string {
  const { i18n } = useTranslation();
  return ({ name, displayName }) => (i18n.language === 'zh' && displayName) || name.replaceAll('_', ' ');
}

/** What a kind of rows of a dataset is called, such as of accounts. */
export function useKindName(): (kind: string) => string {
  const { t } = useTranslation('products');
  return (kind) => t(`kinds.${kind}`, { defaultValue: kind });
}

/** Whether drafts and what waits concern the caller: whoever works by the catalogue alone reads what holds. */
export const useSeesDrafts = () => useAccess().leads;

/** The versions of a product, the last first. */
export function useVersions(productCode: string) {
  const states = useSeesDrafts() ? [] : ['PRODUCT_VERSION_STATE_PUBLISHED' as const];
  const query = { productCode, states, pageSize: ALL };
  return api.useQuery('get', '/v1/productVersions', { params: { query } }, { enabled: productCode !== '' });
}

/** Whether the caller may write and decide versions: the catalogue is the whole bank's. */
export function useMayDefine(): boolean {
  return mayForBank(useAccess(), 'performance.product.define');
}

export interface VersionRights {
  mayEdit: boolean;
  maySubmit: boolean;
  mayDecide: boolean;
  mayWithdraw: boolean;
}

/** What the caller can do with a version as it stands; whoever wrote it does not decide it. */
export function useVersionRights(version: Version): VersionRights {
  const { personId } = useAccess();
  const defines = useMayDefine();
  const own = version.authorPersonId === personId;
  const draft = version.state === 'PRODUCT_VERSION_STATE_DRAFT';
  const submitted = version.state === 'PRODUCT_VERSION_STATE_SUBMITTED';
  const coming = version.state === 'PRODUCT_VERSION_STATE_PUBLISHED' && version.startDate > today();
  return {
    mayEdit: defines && draft && own,
    maySubmit: defines && draft && own,
    mayDecide: defines && submitted && !own,
    mayWithdraw: defines && (draft || (submitted && own) || (coming && !own)),
  };
}

/** The version of the product that holds on the day before another one begins, or on the other's first day. */
export function formerOf(version: Version, versions: readonly Version[]): Version | undefined {
  return versions
    .filter((each) => each.productVersionId !== version.productVersionId)
    .filter(({ state, startDate }) => state === 'PRODUCT_VERSION_STATE_PUBLISHED' && startDate <= version.startDate)
    .sort((one, other) => (other.startDate + pad(other)).localeCompare(one.startDate + pad(one)))
    .find((each) => each.versionNumber < version.versionNumber);
}

const pad = (version: Version) => String(version.versionNumber).padStart(6, '0');

export const versionsChanged = () => refresh('/v1/products', '/v1/productVersions', '/v1/approvals');

/** Reads a version anew, for an edit that is stale. */
export async function readVersion(productVersionId: string): Promise<Version> {
  const { data } = await client.GET('/v1/productVersions/{productVersionId}', { params: { path: { productVersionId } } });
  if (!data) throw new Error('no version');
  return data;
}
