/** What a command is: data for help, completion and docs, and a function that does it. */

import type { Clock } from '#base/clock.ts';

export interface CommandOption {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in help; absent: a flag without value. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

/** What completion may offer in a place, beside fixed words. */
export type Completes = 'pods' | 'files';

export interface CommandArgument {
  readonly name: string;
  readonly isRequired: boolean;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  readonly help: string;
}

export interface Example {
  readonly line: string;
  readonly says: string;
}

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line, without a full stop. */
  readonly summary: string;
  /** More, for the command's own help. */
  readonly detail?: string;
  readonly args?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  readonly examples: readonly Example[];
  readonly subcommands?: readonly Command[];
  /** Gives the exit code. Absent: only its subcommands do something. */
  readonly run?: (invocation: Invocation, world: World) => Promise<number>;
}

/** A command line that was understood. */
export interface Invocation {
  readonly words: readonly string[];
  /** Whether a flag was given. */
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** Throws E_SETTING for what is not a whole number within the bounds. */
  number(name: string, fallback: number, bounds: { readonly min: number; readonly max: number }): number;
}

/** What a command has to do with the world around it. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly write: (text: string) => void;
  /** What is not the answer itself. */
  readonly remark: (text: string) => void;
  readonly isTerminal: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** docs/peerpodctl.md has this table; a test keeps both the same. */
export const exitCodes = {
  ok: { code: 0, means: 'done, and nothing is wrong' },
  found: { code: 1, means: 'something is wrong: doctor saw a failure, sweep left findings, or the command failed' },
  usage: { code: 2, means: 'the command line or a setting cannot be used' },
  absent: { code: 3, means: 'nobody answers: adaptor, relay or Kubernetes API; or the right to ask is missing' },
  unknown: { code: 4, means: 'there is no pod, pod VM or object of that name' },
} as const;
