/** What may stand where on a command line, for all shells: from the table of commands. Pure. */

import type { Command, CommandOption, Completes } from '../command.ts';
import { optionsOf } from '../command-line.ts';

export interface Word {
  readonly word: string;
  readonly help: string;
}

export interface Place {
  /** Names of the commands before it, without the program's: 'get pods'. */
  readonly path: string;
  readonly words: readonly Word[];
  readonly completes: readonly Completes[];
  readonly options: readonly CommandOption[];
}

/** Every command, the root first. */
export function placesOf(root: Command): readonly Place[] {
  const visit = (path: readonly Command[]): Place[] => {
    const command = path.at(-1) ?? root;
    const { subcommands = [], args = [] } = command;
    const words = [
      ...subcommands.map(({ name, summary }) => ({ word: name, help: summary })),
      ...args.flatMap(({ choices = [], help }) => choices.map((word) => ({ word, help }))),
    ];
    const completes = args.flatMap(({ completes: what }) => what ?? []);
    const own = {
      path: path
        .slice(1)
        .map(({ name }) => name)
        .join(' '),
      words,
      completes,
      options: optionsOf(path),
    };
    return [own, ...subcommands.flatMap((sub) => visit([...path, sub]))];
  };
  return visit([root]);
}

/** How a word moves from one command to the next: path, word, path. Aliases count. */
export function movesOf(root: Command): readonly (readonly [from: string, word: string, to: string])[] {
  const visit = (path: string, command: Command): (readonly [string, string, string])[] =>
    (command.subcommands ?? []).flatMap((sub) => {
      const to = path === '' ? sub.name : `${path} ${sub.name}`;
      return [...[sub.name, ...(sub.aliases ?? [])].map((word) => [path, word, to] as const), ...visit(to, sub)];
    });
  return visit('', root);
}

/** Options of any command that take a value, each once. */
export function valueOptionsOf(root: Command): readonly CommandOption[] {
  const all = placesOf(root).flatMap(({ options }) => options.filter(({ value }) => value !== undefined));
  return [...new Map(all.map((option) => [option.name, option])).values()];
}

export const flagsOf = ({ name, short }: CommandOption): readonly string[] => [
  `--${name}`,
  ...(short ? [`-${short}`] : []),
];

/** For each option with a value, at each place: what the value may be. Absent choices: a file, or anything. */
export function valuesOf(root: Command): readonly ValuePlace[] {
  return placesOf(root).flatMap(({ path, options }) =>
    options
      .filter(({ value, choices }) => choices || value === 'PATH')
      .map((option) => ({ places: flagsOf(option).map((flag) => `${path}/${flag}`), choices: option.choices })),
  );
}

export interface ValuePlace {
  /** PATH/FLAG each. */
  readonly places: readonly string[];
  readonly choices: readonly string[] | undefined;
}

/** For a shell's single quotes. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
