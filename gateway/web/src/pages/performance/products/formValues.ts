// A version as its form has it: what the contract keeps as a map stands as rows, and everything survives JSON.
import dayjs from 'dayjs';
import type { Category, Definition, Measure, Parameter, Version } from './products';

export interface FormulaRow {
  measure?: Measure;
  formula: string;
}

export interface SourceRow {
  dataset?: string;
  productCodes: string[];
  kinds: string[];
  remaining: boolean;
  formulas: FormulaRow[];
}

export interface Values {
  productCode: string;
  category: Category;
  displayName: string;
  englishName: string;
  startDate: string;
  note: string;
  sources: SourceRow[];
  parameters: Parameter[];
  ftpMethod: Definition['ftpMethod'];
  ftpTenorDays: number | null;
  fixedFtpRate: string;
  dayBasis: Definition['dayBasis'];
  currencyDayBases: { currencyCode: string; dayBasis: Definition['dayBasis'] }[];
  coefficient: string;
}

export type FtpMethod = Values['ftpMethod'];

/** What a dataset is mostly measured by: where a row is chosen, this is there to begin with. */
const USUAL_FORMULAS: Record<string, Required<FormulaRow>> = {
  balances: { measure: 'MEASURE_BALANCE', formula: 'balance' },
  bills: { measure: 'MEASURE_BALANCE', formula: 'face' },
  factoring: { measure: 'MEASURE_BALANCE', formula: 'financed' },
  trade_finance: { measure: 'MEASURE_FLOW_COUNT', formula: 'CASE WHEN days_since_issue = 0 THEN count ELSE 0 END' },
  fees: { measure: 'MEASURE_FEE_INCOME', formula: 'COALESCE(after_tax, amount)' },
  transactions: { measure: 'MEASURE_FLOW_AMOUNT', formula: 'amount' },
  ebanking_events: { measure: 'MEASURE_FLOW_COUNT', formula: 'count' },
};

/** Where the rows of a kind of business mostly are. */
const USUAL_DATASETS: Partial<Record<Category, string>> = {
  PRODUCT_CATEGORY_DEPOSIT: 'balances',
  PRODUCT_CATEGORY_LOAN: 'balances',
  PRODUCT_CATEGORY_BILL: 'bills',
  PRODUCT_CATEGORY_FACTORING: 'factoring',
  PRODUCT_CATEGORY_INTERNATIONAL: 'trade_finance',
  PRODUCT_CATEGORY_CARD: 'balances',
  PRODUCT_CATEGORY_WEALTH: 'balances',
  PRODUCT_CATEGORY_INTERMEDIARY: 'fees',
  PRODUCT_CATEGORY_ONLINE: 'ebanking_events',
  PRODUCT_CATEGORY_COMMITMENT: 'balances',
};
const FUNDED: Category[] = [
  'PRODUCT_CATEGORY_DEPOSIT',
  'PRODUCT_CATEGORY_LOAN',
  'PRODUCT_CATEGORY_BILL',
  'PRODUCT_CATEGORY_FACTORING',
  'PRODUCT_CATEGORY_CARD',
];

export function usualSource(dataset?: string): SourceRow {
  const usual = dataset ? USUAL_FORMULAS[dataset] : undefined;
  return {
    ...(dataset ? { dataset } : {}),
    productCodes: [],
    kinds: [],
    remaining: false,
    formulas: [usual ?? { formula: '' }],
  };
}

/** What a new product of that kind of business mostly is. */
export function usualOf(category: Category): Pick<Values, 'sources' | 'ftpMethod'> {
  return {
    sources: [usualSource(USUAL_DATASETS[category])],
    ftpMethod: FUNDED.includes(category) ? 'FTP_METHOD_MATCHED' : 'FTP_METHOD_NONE',
  };
}

/** Whether nobody has said yet what is measured. */
export function isUsual(sources: SourceRow[]): boolean {
  const [row] = sources;
  if (!row || sources.length > 1 || row.productCodes.length || row.kinds.length || row.remaining) return false;
  return row.formulas.length === 1 && row.formulas[0]?.formula === usualSource(row.dataset).formulas[0]?.formula;
}

/** What is new holds from the next month on, so that no result so far changes. */
const nextMonth = () => dayjs().add(1, 'month').startOf('month').format('YYYY-MM-DD');

export function freshValues(): Partial<Values> {
  return {
    productCode: '',
    displayName: '',
    englishName: '',
    startDate: nextMonth(),
    note: '',
    sources: [usualSource()],
    parameters: [],
    ftpMethod: 'FTP_METHOD_NONE',
    ftpTenorDays: null,
    fixedFtpRate: '',
    dayBasis: 'DAY_BASIS_DAYS_360',
    // Sterling and some others count by 365 days.
    currencyDayBases: ['GBP', 'HKD', 'SGD', 'THB'].map((currencyCode) => ({ currencyCode, dayBasis: 'DAY_BASIS_DAYS_365' })),
    coefficient: '1',
  };
}

/** The next version of a product begins as the one before. */
export function nextValues(template: Version): Values {
  // Never before what was published last.
  const startDate = [nextMonth(), template.startDate].sort().at(-1) ?? '';
  return { ...valuesOf(template), startDate, note: '' };
}

export function valuesOf(version: Version): Values {
  const definition = version.definition;
  return {
    productCode: version.productCode,
    category: version.category,
    displayName: version.displayName,
    englishName: version.englishName,
    startDate: version.startDate,
    note: version.note,
    sources: (definition?.sources ?? []).map(({ formulas, ...source }) => ({
      ...source,
      formulas: formulas.map(({ measure, formula }) => ({ measure, formula })),
    })),
    parameters: definition?.parameters ?? [],
    ftpMethod: definition?.ftpMethod ?? 'FTP_METHOD_NONE',
    ftpTenorDays: definition?.ftpTenorDays || null,
    fixedFtpRate: definition?.fixedFtpRate ?? '',
    dayBasis: definition?.dayBasis ?? 'DAY_BASIS_DAYS_360',
    currencyDayBases: Object.entries(definition?.currencyDayBases ?? {}).map(([currencyCode, dayBasis]) => ({
      currencyCode,
      dayBasis,
    })),
    coefficient: definition?.coefficient || '1',
  };
}

/** What is sent; what the chosen method of funds does not ask for is left out. */
export function bodyOf(values: Values) {
  const { ftpMethod } = values;
  return {
    productCode: values.productCode,
    category: values.category,
    displayName: values.displayName.trim(),
    englishName: values.englishName?.trim() ?? '',
    startDate: values.startDate,
    note: values.note ?? '',
    definition: {
      sources: values.sources.map((source) => ({
        dataset: source.dataset ?? '',
        productCodes: source.productCodes ?? [],
        kinds: source.kinds ?? [],
        remaining: source.remaining ?? false,
        formulas: source.formulas.flatMap(({ measure, formula }) => (measure ? [{ measure, formula }] : [])),
      })),
      parameters: values.parameters.map((each) => ({ ...each, displayName: each.displayName ?? '' })),
      ftpMethod,
      ftpTenorDays: ftpMethod === 'FTP_METHOD_POOL' ? (values.ftpTenorDays ?? 0) : 0,
      fixedFtpRate: ftpMethod === 'FTP_METHOD_FIXED' ? (values.fixedFtpRate ?? '') : '',
      dayBasis: values.dayBasis,
      currencyDayBases: Object.fromEntries(values.currencyDayBases.map((each) => [each.currencyCode, each.dayBasis])),
      coefficient: values.coefficient || '1',
    },
  };
}
