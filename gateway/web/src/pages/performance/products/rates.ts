// Rates are fractions in the contract (`0.0325`) and percentages for people (3.25 %): moved by their digits, never by a float.

/** `0.0325` is `3.25`. */
export function percentOf(fraction: string): string {
  return moved(fraction, 2);
}

/** `3.25` is `0.0325`. */
export function fractionOf(percent: string): string {
  return moved(percent, -2);
}

/** The number with its point so many places further right; a text that is no number stays as it is. */
function moved(text: string, places: number): string {
  const found = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim());
  if (!found || !/\d/.test(text)) return text;
  const [, sign = '', whole = '', decimals = ''] = found;
  const digits = whole.padStart(Math.max(0, -places) + 1, '0') + decimals.padEnd(Math.max(0, places), '0');
  const point = digits.length - Math.max(decimals.length, Math.max(0, places)) + places;
  const before = digits.slice(0, point).replace(/^0+(?=\d)/, '') || '0';
  const after = digits.slice(point).replace(/0+$/, '');
  const number = after ? `${before}.${after}` : before;
  return number === '0' ? '0' : sign + number;
}
