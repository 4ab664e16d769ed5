/** How a provider declares its settings; the adaptor turns this into flags, environment, `--help` and checks. */

/**
 * `list` and `key-value` add up: values of the environment first, then those of each flag given. A list is split on
 * commas, trimmed, empty parts dropped. `key-value` is `k=v,k2=v2`: split on commas, then on the first `=`, trimmed;
 * an empty key or value is allowed, a missing `=` is not, and a later pair replaces an earlier one.
 */
export type OptionKind = 'string' | 'integer' | 'boolean' | 'duration' | 'list' | 'key-value';

export interface OptionSpec {
  /** Flag without dashes, for example `aws-region`. */
  readonly flag: string;
  /** Environment variable that gives the default, for example `AWS_REGION`. */
  readonly env?: string;
  readonly kind: OptionKind;
  /** In the flag's own text syntax: `5m` for a duration, `a,b` for a list. Absent: no default. */
  readonly default?: string;
  readonly help: string;
  /** Its value is never printed. */
  readonly secret?: boolean;
  /** Bounds of an integer, both included. */
  readonly min?: number;
  readonly max?: number;
  /** The only values allowed. */
  readonly choices?: readonly string[];
}

/**
 * string → string, integer → number, boolean → boolean, duration → number of ms, list → readonly string[],
 * key-value → record of strings.
 */
export type OptionValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;

/** By flag. An option without a value and without a default is absent. */
export type OptionValues = Readonly<Record<string, OptionValue | undefined>>;

/** Throws an Error that says what is wrong with one word of a `key-value` option. */
export function parseKeyValues(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((part): [string, string] => {
    const at = part.indexOf('=');
    if (at < 0) throw new Error(`${JSON.stringify(part)} has no "="`);
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

/** Typed access to parsed values, for `ProviderModule.open`. An empty string counts as absent. */
export class OptionReader {
  readonly #values: OptionValues;

  constructor(values: OptionValues) {
    this.#values = values;
  }

  text(flag: string): string | undefined {
    const value = this.#values[flag];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  number(flag: string): number | undefined {
    const value = this.#values[flag];
    return typeof value === 'number' ? value : undefined;
  }

  flag(flag: string): boolean {
    return this.#values[flag] === true;
  }

  list(flag: string): readonly string[] {
    const value = this.#values[flag];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  pairs(flag: string): Readonly<Record<string, string>> {
    const value = this.#values[flag];
    if (typeof value !== 'object' || Array.isArray(value)) return {};
    return value as Readonly<Record<string, string>>;
  }
}
