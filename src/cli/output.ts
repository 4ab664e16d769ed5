/** Lists of things as a table, a wide table, JSON or names. Pure. */

import { PeerPodError } from '#base/errors.ts';
import type { CommandOption, Invocation } from './command.ts';
import { renderTable } from './table.ts';

export const formats = ['table', 'wide', 'json', 'name'] as const;
export type Format = (typeof formats)[number];

export const outputOption: CommandOption = {
  name: 'output',
  short: 'o',
  value: 'FORMAT',
  choices: formats,
  help: 'how to show it, table by default',
};

/** For what is no list. */
export const plainOutputOption: CommandOption = { ...outputOption, choices: ['table', 'json'] };

export interface Column<T> {
  readonly title: string;
  /** Shown with `--output wide` only. */
  readonly isWide?: boolean;
  readonly cell: (row: T) => string | number | undefined;
}

export interface Listing<T> {
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  /** What `describe` and completion call it by. */
  readonly nameOf: (row: T) => string;
  /** Whether the word on the command line means this row; absent: the name or its part behind the slash. */
  readonly isMeant?: (row: T, word: string) => boolean;
  /** Said instead of an empty table. */
  readonly none: string;
}

/** A listing whose rows' type nobody needs to know any more. */
export interface Shown {
  readonly count: number;
  /** The one row that `word` means. Throws E_SANDBOX_UNKNOWN. */
  only(word: string): Shown;
  render(format: Format): string;
}

export function shown<T>(listing: Listing<T>, single = false): Shown {
  const { rows, nameOf } = listing;
  const isMeant =
    listing.isMeant ?? ((row: T, word: string) => [nameOf(row), nameOf(row).split('/')[1]].includes(word));
  return {
    count: rows.length,
    only(word) {
      const found = rows.filter((row) => isMeant(row, word));
      if (found.length === 0) throw new PeerPodError('E_SANDBOX_UNKNOWN', `there is no ${word}`);
      return shown({ ...listing, rows: found }, found.length === 1);
    },
    render: (format) => renderListing(listing, format, single),
  };
}

export function formatOf(invocation: Invocation): Format {
  return (invocation.text('output') as Format | undefined) ?? 'table';
}

/** With `single` the JSON is the one object itself. */
export function renderListing<T>({ columns, rows, nameOf, none }: Listing<T>, format: Format, single = false): string {
  switch (format) {
    case 'json':
      return renderJson(single ? rows[0] : rows);
    case 'name':
      return rows.map((row) => `${nameOf(row)}\n`).join('');
    case 'table':
    case 'wide': {
      if (rows.length === 0) return `${none}\n`;
      const shown = columns.filter(({ isWide = false }) => !isWide || format === 'wide');
      const cells = rows.map((row) => shown.map(({ cell }) => cellText(cell(row))));
      return renderTable(
        shown.map(({ title }) => title),
        cells,
      );
    }
  }
}

export function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** One name and value a line, in two columns; lists and objects are indented below their name. */
export function renderFields(fields: readonly (readonly [string, string | number | undefined])[], indent = ''): string {
  const shown = fields.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 2;
  return shown.map(([name, value]) => `${indent}${`${name}:`.padEnd(width)} ${value}\n`).join('');
}

function cellText(value: string | number | undefined): string {
  return value === undefined || value === '' ? '-' : String(value);
}
