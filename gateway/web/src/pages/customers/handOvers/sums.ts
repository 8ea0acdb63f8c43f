// More than any currency has.
const DECIMALS = 4;

/** The exact sum of two decimal amounts. */
export function sumOf(one: string, other: string): string {
  const sum = scaled(one) + scaled(other);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '').padEnd(2, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${fraction}`;
}

function scaled(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(DECIMALS, '0').slice(0, DECIMALS));
  return amount.startsWith('-') ? -value : value;
}
