/** The help text of a command, from the table. Pure. */

import type { Command, CommandOption } from './command.ts';
import { optionsOf, pathText } from './command-line.ts';

const widthMax = 100;

export function renderHelp(path: readonly Command[]): string {
  const command = path.at(-1);
  if (!command) return '';
  const { summary, detail, args = [], subcommands = [], examples } = command;
  const sections = [
    `${summary}.`,
    ...(detail === undefined ? [] : [wrapped(detail, widthMax).join('\n')]),
    `Usage:\n  ${usageLine(path)}`,
    ...section(
      'Commands',
      subcommands.map((one) => [namesOf(one), one.summary]),
    ),
    ...section(
      'Arguments',
      args.map((arg) => [arg.name, choicesText(arg.help, arg.choices)]),
    ),
    ...section(
      'Options',
      optionsOf(path).map((option) => [optionText(option), choicesText(option.help, option.choices)]),
    ),
    ...(examples.length > 0
      ? [`Examples:\n${examples.map(({ line, says }) => `  ${line}\n      ${says}`).join('\n')}`]
      : []),
    ...(subcommands.length > 0 ? [`More: ${pathText(path)} COMMAND --help`] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

export function usageLine(path: readonly Command[]): string {
  const command = path.at(-1);
  const words = (command?.args ?? []).map(({ name, isRequired }) => (isRequired ? name : `[${name}]`));
  const more = command?.subcommands && command.subcommands.length > 0 ? [command.run ? '[COMMAND]' : 'COMMAND'] : [];
  return [pathText(path), ...more, ...words, '[options]'].join(' ');
}

const namesOf = ({ name, aliases = [] }: Command) => [name, ...aliases].join(', ');

export function optionText({ name, short, value }: CommandOption): string {
  return `${short ? `-${short}, ` : ''}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function choicesText(help: string, choices: readonly string[] | undefined): string {
  return choices ? `${help}: ${choices.join(', ')}` : help;
}

function section(title: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  if (rows.length === 0) return [];
  const column = Math.max(...rows.map(([name]) => name.length)) + 4;
  const lines = rows.map(([name, text]) => {
    const [first = '', ...more] = wrapped(text, widthMax - column);
    return [`  ${name.padEnd(column - 2)}${first}`, ...more.map((line) => ' '.repeat(column) + line)].join('\n');
  });
  return [`${title}:\n${lines.join('\n')}`];
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
