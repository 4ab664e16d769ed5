/** The rows as a table for people. */

import type { BenchRow } from './bench.ts';

function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function renderTable(rows: readonly BenchRow[]): string {
  const head = ['', 'measured', 'ours', 'reference', 'unit', 'ratio', 'goal', ''];
  const lines = rows.map((row) => [
    row.id,
    row.name,
    short(row.ours),
    short(row.reference),
    row.unit,
    short(row.ratio),
    row.goal,
    row.holds ? 'holds' : 'MISSED',
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map((line) => line[at]?.length ?? 0)));
  const isNumber = [2, 3, 5];
  const render = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (isNumber.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [
    render(head),
    ...rows.flatMap((row, at) => [render(lines[at] ?? []), ...(row.note ? [`      ${row.note}`] : [])]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
