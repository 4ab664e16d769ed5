/** How a provider declares its settings; the adaptor turns this into flags, environment, `--help` and checks. */

export type OptionKind = 'string' | 'integer' | 'boolean' | 'duration' | 'list';

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

/** string → string, integer → number, boolean → boolean, duration → number of ms, list → readonly string[]. */
export type OptionValue = string | number | boolean | readonly string[];

/** By flag. An option without a value and without a default is absent. */
export type OptionValues = Readonly<Record<string, OptionValue | undefined>>;
