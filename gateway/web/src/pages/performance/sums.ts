// Exact arithmetic on amounts as they are answered: texts of decimal digits, never floats.

const AMOUNT = /^(-?)(\d+)(?:\.(\d+))?$/;

/** The sum of amounts, written with as many decimals as the longest of them; empty where there is none. */
export function sumOf(amounts: readonly string[]): string {
  const decimals = Math.max(0, ...amounts.map((amount) => amount.split('.')[1]?.length ?? 0));
  if (!amounts.length) return '';
  return written(
    amounts.reduce((sum, amount) => sum + unitsOf(amount, decimals), 0n),
    decimals,
  );
}

/** By how much the first is more than the other. */
export function differenceOf(one: string, other: string): string {
  return sumOf([one, other.startsWith('-') ? other.slice(1) : `-${other}`]);
}

/** Whether two amounts are the same, however many decimals each is written with. */
export function isSame(one: string, other: string): boolean {
  const decimals = Math.max(one.split('.')[1]?.length ?? 0, other.split('.')[1]?.length ?? 0);
  return unitsOf(one, decimals) === unitsOf(other, decimals);
}

function unitsOf(amount: string, decimals: number): bigint {
  const [, sign, whole = '', fraction = ''] = AMOUNT.exec(amount) ?? [];
  if (sign === undefined) throw new Error(`no amount: ${amount}`);
  const units = BigInt(whole + fraction.padEnd(decimals, '0'));
  return sign ? -units : units;
}

function written(units: bigint, decimals: number): string {
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${units < 0n ? '-' : ''}${whole}${decimals ? `.${digits.slice(-decimals)}` : ''}`;
}
