/** Factors of the suffixes, in billionths: the smallest part that Kubernetes keeps of a quantity. */
const UNITS: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': 10n ** 9n,
  ...Object.fromEntries(['k', 'M', 'G', 'T', 'P', 'E'].map((unit, index) => [unit, 10n ** BigInt(12 + 3 * index)])),
  ...Object.fromEntries(
    ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit, index) => [unit, 10n ** 9n * 2n ** BigInt(10 + 10 * index)]),
  ),
};

/** One core, one byte, one object: quantities are whole numbers of billionths, so sums of them are exact. */
export const ONE = 10n ** 9n;

/**
 * The value of a Kubernetes quantity in billionths of a core, byte or count, rounded up as the API server does;
 * undefined for any other text.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantity(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = /^([+-]?)(\d+)?(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/.exec(String(value));
  const [, sign, whole = '', fraction = '', exponent = '0', unit = ''] = match ?? [];
  if (match === null || whole + fraction === '') return undefined;
  const power = Number(exponent) - fraction.length;
  const scaled = BigInt(whole + fraction) * (UNITS[unit] ?? ONE) * 10n ** BigInt(Math.max(0, power));
  const divisor = 10n ** BigInt(Math.max(0, -power));
  const amount = (scaled + divisor - 1n) / divisor;
  return sign === '-' ? -amount : amount;
}

/** A quantity as a decimal number, such as `0.3`. */
export function decimal(amount: bigint): string {
  const digits = `${amount < 0n ? -amount : amount}`.padStart(10, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '');
}
