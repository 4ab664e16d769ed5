/** Writes the tables of docs/operations.md from the code they describe: node dev/docs/operations-tables.ts */

import { readFileSync, writeFileSync } from 'node:fs';
import type { OptionSpec } from '@peerpods/provider';
import { adaptorMetrics } from '#daemons/adaptor/metrics.ts';
import { adaptorOptions } from '#daemons/adaptor/settings.ts';
import { relayMetrics } from '#daemons/relay/metrics.ts';
import { relayOptions } from '#daemons/relay/settings.ts';
import { type MetricTable, processMetrics } from '#io/metrics.ts';

export const operationsPage = new URL('../../docs/operations.md', import.meta.url);

const cell = (text: string) => text.replaceAll('|', '\\|');
const code = (text: string | undefined) => (text ? `\`${cell(text)}\`` : '');

function optionsTable(specs: readonly OptionSpec[]): string {
  const rows = specs.map(({ flag, env, default: fallback, help, choices }) => {
    const remark = choices ? `${help}; one of ${choices.join(', ')}` : help;
    return `| ${code(`-${flag}`)} | ${code(env)} | ${code(fallback)} | ${cell(remark)} |`;
  });
  return ['| option | variable | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function metricsTable(metrics: MetricTable): string {
  const rows = Object.entries(metrics).map(
    ([name, { kind, labels, help }]) => `| ${code(name)} | ${kind} | ${labels.map(code).join(', ')} | ${cell(help)} |`,
  );
  return ['| metric | kind | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const tables: Readonly<Record<string, () => string>> = {
  options: () => optionsTable(adaptorOptions),
  metrics: () => metricsTable({ ...adaptorMetrics, ...processMetrics }),
  'relay options': () => optionsTable(relayOptions),
  'relay metrics': () => metricsTable(relayMetrics),
};

/** `text` with each table between its markers made anew. Throws when a marker is missing. */
export function withTables(text: string): string {
  return Object.entries(tables).reduce((page, [name, render]) => {
    const [start, end] = [`<!-- table: ${name} -->`, `<!-- end: ${name} -->`];
    const [before, rest] = page.split(start);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`no table ${name} in the page`);
    return `${before}${start}\n${render()}\n${end}${after}`;
  }, text);
}

if (import.meta.main) writeFileSync(operationsPage, withTables(readFileSync(operationsPage, 'utf8')));
