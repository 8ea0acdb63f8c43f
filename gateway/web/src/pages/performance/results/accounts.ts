// Accounts as explanations name them: `<dataset>/<source system>/<number>/<currency>`.

export interface AccountWords {
  number: string;
  /** Of which kind it is, in the reader's language. */
  kind: string;
  currencyCode: string;
}

export function accountWords(account: string, t: (key: string, options?: Record<string, unknown>) => string): AccountWords {
  const [dataset = '', , ...rest] = account.split('/');
  const currencyCode = rest.length > 1 ? (rest.at(-1) ?? '') : '';
  const number = rest.slice(0, rest.length > 1 ? -1 : undefined).join('/');
  return { number: number || account, kind: t(`datasets.${dataset}`, { defaultValue: dataset }), currencyCode };
}
