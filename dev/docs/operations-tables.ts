/** Writes the tables of operations.md, webhook.md and kubernetes.md from the code: node dev/docs/operations-tables.ts */

import { readFileSync, writeFileSync } from 'node:fs';
import type { OptionSpec } from '@peerpods/provider';
import { adaptorMetrics } from '#daemons/adaptor/metrics.ts';
import { adaptorOptions } from '#daemons/adaptor/settings.ts';
import { controllerMetrics } from '#daemons/controller/metrics.ts';
import { controllerOptions } from '#daemons/controller/settings.ts';
import { relayMetrics } from '#daemons/relay/metrics.ts';
import { relayOptions } from '#daemons/relay/settings.ts';
import { webhookMetrics } from '#daemons/webhook/metrics.ts';
import { webhookOptions } from '#daemons/webhook/settings.ts';
import { type MetricTable, processMetrics } from '#io/metrics.ts';

export const operationsPage = new URL('../../docs/operations.md', import.meta.url);
export const webhookPage = new URL('../../docs/webhook.md', import.meta.url);
export const kubernetesPage = new URL('../../docs/kubernetes.md', import.meta.url);

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

type Tables = Readonly<Record<string, () => string>>;

const operationsTables: Tables = {
  options: () => optionsTable(adaptorOptions),
  metrics: () => metricsTable({ ...adaptorMetrics, ...processMetrics }),
  'relay options': () => optionsTable(relayOptions),
  'relay metrics': () => metricsTable(relayMetrics),
};

const webhookTables: Tables = {
  'webhook options': () => optionsTable(webhookOptions),
  'webhook metrics': () => metricsTable({ ...webhookMetrics, ...processMetrics }),
};

const controllerTables: Tables = {
  'controller options': () => optionsTable(controllerOptions),
  'controller metrics': () => metricsTable({ ...controllerMetrics, ...processMetrics }),
};

const tables = new Map([
  [operationsPage, operationsTables],
  [webhookPage, webhookTables],
  [kubernetesPage, controllerTables],
]);

/** `text` with each table between its markers made anew. Throws when a marker is missing. */
export function withTables(text: string, page = operationsPage): string {
  return Object.entries(tables.get(page) ?? {}).reduce((sofar, [name, render]) => {
    const [start, end] = [`<!-- table: ${name} -->`, `<!-- end: ${name} -->`];
    const [before, rest] = sofar.split(start);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`no table ${name} in the page`);
    return `${before}${start}\n${render()}\n${end}${after}`;
  }, text);
}

if (import.meta.main) {
  for (const page of tables.keys()) writeFileSync(page, withTables(readFileSync(page, 'utf8'), page));
}
