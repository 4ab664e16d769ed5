/** From words to a command of the table and its options; says what is wrong with them. Pure. */

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { Command, CommandOption, Invocation } from './command.ts';

export interface Chosen {
  /** From the root to the command itself. */
  readonly path: readonly Command[];
  readonly command: Command;
  readonly invocation: Invocation;
  readonly wantsHelp: boolean;
}

export const helpOption: CommandOption = { name: 'help', short: 'h', help: 'show this text' };

/** Options of the path, the command's own first. */
export function optionsOf(path: readonly Command[]): readonly CommandOption[] {
  const all = path.toReversed().flatMap(({ options = [] }) => options);
  const first = new Map(all.toReversed().map((option) => [option.name, option]));
  return [...new Set(all.map(({ name }) => name))].flatMap((name) => first.get(name) ?? []).concat(helpOption);
}

export const pathText = (path: readonly Command[]) => path.map(({ name }) => name).join(' ');

export function findSubcommand(command: Command, word: string): Command | undefined {
  return command.subcommands?.find(({ name, aliases = [] }) => name === word || aliases.includes(word));
}

/** Throws E_SETTING, with what would be right. */
export function parseCommandLine(root: Command, argv: readonly string[]): Chosen {
  const { path, rest } = choosePath(root, argv);
  const command = path.at(-1) ?? root;
  const options = optionsOf(path);
  const { values, positionals } = parsed(options, rest, path);
  const wantsHelp = values.help === true;
  if (!wantsHelp) checkWords(command, path, positionals);
  for (const { name, choices } of options) {
    const value = values[name];
    if (choices && typeof value === 'string' && !choices.includes(value)) {
      throw misused(path, `--${name} ${value} is none of ${choices.join(', ')}`);
    }
  }
  return { path, command, invocation: invocationOf(path, values, positionals), wantsHelp };
}

/** Options may stand anywhere: the words that are none choose the command. */
function choosePath(root: Command, argv: readonly string[]): { path: Command[]; rest: string[] } {
  const path = [root];
  const rest: string[] = [];
  let isChoosing = true;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const next = isChoosing && !word.startsWith('-') ? findSubcommand(path.at(-1) ?? root, word) : undefined;
    if (next) {
      path.push(next);
      continue;
    }
    rest.push(word);
    if (!word.startsWith('-') || word === '--') isChoosing = false;
    const takesValue = isChoosing && !word.includes('=') && optionNamed(root, word)?.value !== undefined;
    if (takesValue && at + 1 < argv.length) {
      at += 1;
      rest.push(argv[at] ?? '');
    }
  }
  return { path, rest };
}

/** Of any command: an option means the same everywhere. */
function optionNamed(command: Command, word: string): CommandOption | undefined {
  const own = command.options?.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
  if (own) return own;
  for (const each of command.subcommands ?? []) {
    const found = optionNamed(each, word);
    if (found) return found;
  }
  return undefined;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parsed(options: readonly CommandOption[], args: string[], path: readonly Command[]) {
  const config: NonNullable<ParseArgsConfig['options']> = {};
  for (const { name, short, value } of options) {
    config[name] = { type: value === undefined ? 'boolean' : 'string', ...(short && { short }) };
  }
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: config });
    return { values: values as Values, positionals };
  } catch (error) {
    throw misused(path, errorText(error).split('. ')[0] ?? '');
  }
}

function checkWords(command: Command, path: readonly Command[], words: readonly string[]): void {
  const [first] = words;
  if (!command.run) {
    const known = (command.subcommands ?? []).map(({ name }) => name).join(', ');
    const what = first === undefined ? 'needs a command' : `has no command ${JSON.stringify(first)}`;
    throw misused(path, `${pathText(path)} ${what}, one of ${known}`);
  }
  const args = command.args ?? [];
  args.forEach(({ name, isRequired, choices }, index) => {
    const word = words[index];
    if (word === undefined && isRequired) {
      throw misused(path, `${pathText(path)} needs ${name}${choices ? `, one of ${choices.join(', ')}` : ''}`);
    }
    if (word !== undefined && choices && !choices.includes(word)) {
      throw misused(path, `${name} ${JSON.stringify(word)} is none of ${choices.join(', ')}`);
    }
  });
  const stray = words[args.length];
  if (stray !== undefined) throw misused(path, `unexpected argument ${JSON.stringify(stray)}`);
}

function misused(path: readonly Command[], text: string): PeerPodError {
  return new PeerPodError('E_SETTING', `${text}\nSee: ${pathText(path)} --help`);
}

function invocationOf(path: readonly Command[], values: Values, words: readonly string[]): Invocation {
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    words,
    flag: (name) => values[name] === true,
    text,
    number(name, fallback, { min, max }) {
      const given = text(name);
      if (given === undefined) return fallback;
      const value = Number(given);
      if (!/^\d+$/.test(given) || value < min || value > max) {
        throw misused(path, `--${name} ${given} is not a whole number from ${min} to ${max}`);
      }
      return value;
    },
  };
}
