/** Writes the generated parts of docs/peerpodctl.md from the table of commands: node dev/docs/peerpodctl-page.ts */

import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, exitCodes } from '../../src/cli/command.ts';
import { pathText } from '../../src/cli/command-line.ts';
import { peerpodctl } from '../../src/cli/commands.ts';
import { optionText, usageLine } from '../../src/cli/help.ts';

export const peerpodctlPage = new URL('../../docs/peerpodctl.md', import.meta.url);

const cell = (text: string) => text.replaceAll('|', '\\|');
const choicesText = (choices: readonly string[] | undefined) => (choices ? `: ${choices.join(', ')}` : '');

function commandText(path: readonly Command[]): string {
  const command = path.at(-1) ?? peerpodctl;
  const { summary, detail, args = [], options = [], examples, subcommands = [], aliases = [] } = command;
  const also = aliases.length > 0 ? ` Also: ${aliases.map((name) => `\`${name}\``).join(', ')}.` : '';
  const rows = [
    ...args.map(({ name, help, choices }) => `| \`${name}\` | ${cell(help + choicesText(choices))} |`),
    ...options.map((option) => `| \`${optionText(option)}\` | ${cell(option.help + choicesText(option.choices))} |`),
  ];
  const parts = [
    `${'#'.repeat(path.length + 1)} ${pathText(path)}`,
    `${summary}.${detail === undefined ? '' : ` ${detail}`}${also}`,
    `\`\`\`sh\n${usageLine(path)}\n\`\`\``,
    ...(rows.length > 0 ? [['| word | meaning |', '| --- | --- |', ...rows].join('\n')] : []),
    `\`\`\`sh\n${examples.map(({ line, says }) => `${line}   # ${says}`).join('\n')}\n\`\`\``,
    ...subcommands.map((sub) => commandText([...path, sub])),
  ];
  return parts.join('\n\n');
}

function exitCodeTable(): string {
  const rows = Object.values(exitCodes).map(({ code, means }) => `| ${code} | ${cell(means)} |`);
  return ['| exit code | meaning |', '| --- | --- |', ...rows].join('\n');
}

const parts: Readonly<Record<string, () => string>> = {
  'exit codes': exitCodeTable,
  commands: () => `\n${commandText([peerpodctl])}\n`,
};

/** `text` with each part between its markers made anew. Throws when a marker is missing. */
export function withParts(text: string): string {
  return Object.entries(parts).reduce((page, [name, render]) => {
    const [start, end] = [`<!-- part: ${name} -->`, `<!-- end: ${name} -->`];
    const [before, rest] = page.split(start);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`no part ${name} in the page`);
    return `${before}${start}\n${render()}\n${end}${after}`;
  }, text);
}

if (import.meta.main) writeFileSync(peerpodctlPage, withParts(readFileSync(peerpodctlPage, 'utf8')));
