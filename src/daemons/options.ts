/** Command lines in Go's syntax, with the environment as defaults: what existing deployments pass works here. */

import { type OptionSpec, type OptionValue, type OptionValues, parseKeyValues } from '@peerpods/provider';
import { errorText, PeerPodError } from '#base/errors.ts';
import { parseGoDuration } from '#codec/go-duration.ts';

export interface ParsedOptions {
  readonly values: OptionValues;
  /** From the first word that is no option. */
  readonly rest: readonly string[];
  /** -h, -help or --help was given; then nothing else was checked. */
  readonly help: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

function parseBoolean(text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new PeerPodError('E_ARGUMENT', 'is neither true nor false');
}

function parseInteger(text: string, spec: OptionSpec): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new PeerPodError('E_ARGUMENT', 'is not a whole number');
  }
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = spec;
  if (value < min || value > max) throw new PeerPodError('E_ARGUMENT', `is not between ${min} and ${max}`);
  return value;
}

function parseValue(spec: OptionSpec, text: string): OptionValue {
  if (spec.choices && !spec.choices.includes(text)) {
    throw new PeerPodError('E_ARGUMENT', `is none of ${spec.choices.join(', ')}`);
  }
  switch (spec.kind) {
    case 'string':
      return text;
    case 'integer':
      return parseInteger(text, spec);
    case 'boolean':
      return parseBoolean(text);
    case 'duration':
      return parseGoDuration(text);
    case 'list':
      return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'key-value':
      return parseKeyValues(text);
  }
}

/** Lists and key-value options add up: the environment first, then each flag in its turn. */
function joined(spec: OptionSpec, before: OptionValue | undefined, value: OptionValue): OptionValue {
  if (before === undefined) return value;
  if (spec.kind === 'list') return [...(before as readonly string[]), ...(value as readonly string[])];
  if (spec.kind === 'key-value') {
    return { ...(before as Readonly<Record<string, string>>), ...(value as Readonly<Record<string, string>>) };
  }
  return value;
}

/** `source` is the flag or the environment variable; a secret's value is not repeated. */
function checkedValue(spec: OptionSpec, text: string, source: string): OptionValue {
  try {
    return parseValue(spec, text);
  } catch (error) {
    const shown = spec.secret ? '' : ` ${JSON.stringify(text)}`;
    throw new PeerPodError('E_SETTING', `${source}:${shown} ${errorText(error)}`, { cause: error });
  }
}

interface Flag {
  readonly name: string;
  readonly value: string | undefined;
}

/** `-name`, `--name`, `-name=value`; undefined for a word that is no option. `-` alone and `--` are none. */
function parseFlag(word: string): Flag | undefined {
  const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word);
  return match?.[1] === undefined ? undefined : { name: match[1], value: match[2] };
}

/**
 * A malformed value stops the start: E_SETTING names the option or the variable. An empty variable counts as unset,
 * an empty flag value does not. Booleans take a value only with `=`.
 */
export function parseOptions(specs: readonly OptionSpec[], argv: readonly string[], env: Environment): ParsedOptions {
  const byFlag = new Map(specs.map((spec) => [spec.flag, spec]));
  const given = new Map<string, OptionValue>();
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    const flag = parseFlag(word);
    if (!flag) break;
    const spec = byFlag.get(flag.name);
    if (!spec) {
      if (flag.name === 'help' || flag.name === 'h') return { values: {}, rest: [], help: true };
      throw new PeerPodError('E_SETTING', `unknown option -${flag.name}`);
    }
    let text = flag.value;
    if (text === undefined && spec.kind === 'boolean') text = 'true';
    if (text === undefined) {
      at += 1;
      text = argv[at];
    }
    if (text === undefined) throw new PeerPodError('E_SETTING', `-${spec.flag} needs a value`);
    given.set(spec.flag, joined(spec, given.get(spec.flag), checkedValue(spec, text, `-${spec.flag}`)));
  }
  const values: Record<string, OptionValue | undefined> = {};
  for (const spec of specs) {
    const flags = given.get(spec.flag);
    const adds = spec.kind === 'list' || spec.kind === 'key-value';
    // A malformed variable stops the start only where it counts: a flag replaces it, unless they add up.
    const variable = flags === undefined || adds ? environmentValue(spec, env) : undefined;
    values[spec.flag] = flags === undefined ? (variable ?? defaultValue(spec)) : joined(spec, variable, flags);
  }
  return { values, rest: argv.slice(at), help: false };
}

function environmentValue(spec: OptionSpec, env: Environment): OptionValue | undefined {
  const text = spec.env === undefined ? undefined : env[spec.env];
  return text ? checkedValue(spec, text, `environment variable ${spec.env}`) : undefined;
}

function defaultValue(spec: OptionSpec): OptionValue | undefined {
  return spec.default === undefined ? undefined : checkedValue(spec, spec.default, `default of -${spec.flag}`);
}

/** The options' part of a `--help` text. */
export function renderHelp(specs: readonly OptionSpec[]): string {
  const placeholder = {
    string: ' TEXT',
    integer: ' N',
    boolean: '',
    duration: ' 5m',
    list: ' A,B',
    'key-value': ' K=V,…',
  } as const;
  return specs
    .map((spec) => {
      const remarks = [
        ...(spec.choices ? [`one of ${spec.choices.join(', ')}`] : []),
        ...(spec.default !== undefined && spec.default !== '' ? [`default ${spec.default}`] : []),
        ...(spec.env === undefined ? [] : [`environment ${spec.env}`]),
      ];
      const remark = remarks.length > 0 ? ` (${remarks.join('; ')})` : '';
      return `  -${spec.flag}${placeholder[spec.kind]}\n        ${spec.help}${remark}\n`;
    })
    .join('');
}
