/** Kubernetes quantities, exactly: whole billionths as a bigint, no floats anywhere. */

import { PeerPodError } from '#base/errors.ts';

/** Billionths of a unit (of a core, of a byte, of a piece). Finer than that Kubernetes does not count. */
export type Quantity = bigint;

export const one: Quantity = 1_000_000_000n;

/** Kubernetes keeps 2^63 - 1 at most; what is larger is held as this. */
export const quantityMax: Quantity = (2n ** 63n - 1n) * one;

/** A text may be longer in Kubernetes, to no purpose. */
const lengthMax = 256;
/** Beyond, every mantissa that is not 0 is above the maximum or below a billionth. */
const exponentMax = 2n * BigInt(lengthMax);

const decimalExponents: Readonly<Record<string, bigint>> = {
  n: -9n,
  u: -6n,
  m: -3n,
  '': 0n,
  k: 3n,
  M: 6n,
  G: 9n,
  T: 12n,
  P: 15n,
  E: 18n,
};
const binaryFactors: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};

/** Kubernetes takes a text without any digit, `M` for one, as 0; but not an empty one, `Pi` or `Ei`. */
const grammar = /^(?![+-]?\.?[PE]i$|$)([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d+)$/;

/**
 * A quantity's text, or a JSON number. Values between two billionths are rounded away from 0, as Kubernetes does.
 * Throws E_ARGUMENT for anything else.
 */
export function parseQuantity(value: unknown): Quantity {
  const text = typeof value === 'number' ? String(value) : value;
  const match = typeof text === 'string' && text.length <= lengthMax ? grammar.exec(text) : null;
  if (!match) throw new PeerPodError('E_ARGUMENT', `${shown(value)} is not a quantity`);
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  const mantissa = BigInt(`0${whole}${fraction}`);
  const magnitude = scaled(mantissa, BigInt(fraction.length), suffix);
  const capped = magnitude > quantityMax ? quantityMax : magnitude;
  return sign === '-' ? -capped : capped;
}

/** mantissa / 10^places in units of the suffix, as billionths, rounded up. */
function scaled(mantissa: bigint, places: bigint, suffix: string): Quantity {
  const factor = binaryFactors[suffix];
  if (factor !== undefined) return ceilDivide(mantissa * factor * one, 10n ** places);
  const exponent = (decimalExponents[suffix] ?? BigInt(suffix.slice(1).replace('+', ''))) + 9n - places;
  const bounded = exponent > exponentMax ? exponentMax : exponent < -exponentMax ? -exponentMax : exponent;
  return bounded >= 0n ? mantissa * 10n ** bounded : ceilDivide(mantissa, 10n ** -bounded);
}

/** The smallest whole number that is not below value / divisor; the divisor is positive. */
export function ceilDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor; // towards 0
  return value > 0n && quotient * divisor !== value ? quotient + 1n : quotient;
}

/** A short text that reads as the same quantity: digits with Ki to Ei where they fit, or with m, u or n. */
export function formatQuantity(quantity: Quantity): string {
  for (const [suffix, size] of [
    ['', one],
    ['m', 1_000_000n],
    ['u', 1000n],
  ] as const) {
    if (quantity % size !== 0n) continue;
    const count = quantity / size;
    return suffix === '' ? withBinarySuffix(count) : `${count}${suffix}`;
  }
  return `${quantity}n`;
}

function withBinarySuffix(count: bigint): string {
  if (count === 0n || count % 1024n !== 0n) return String(count);
  const fitting = Object.entries(binaryFactors).findLast(([, factor]) => count % factor === 0n);
  return fitting ? `${count / fitting[1]}${fitting[0]}` : String(count);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 64 ? text : `${text.slice(0, 64)}…`;
}
