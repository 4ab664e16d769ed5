/** StatsContainer without cgroups: what the container's processes have used, and their network namespace's counters. */

import { readFileSync } from 'node:fs';
import { encodeBytesField, encodeVarintField } from '#codec/protobuf-wire.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { nanosecondsPerTick } from './process-table.ts';

/** Fields by number: a number is a uint64, anything else bytes. By hand, since the generated code wants a 64-bit type. */
function message(fields: Readonly<Record<number, number | Uint8Array | string>>): Uint8Array {
  const parts = Object.entries(fields).map(([number, value]) =>
    typeof value === 'number'
      ? encodeVarintField(Number(number), BigInt(value))
      : encodeBytesField(Number(number), Buffer.from(value)),
  );
  return Buffer.concat(parts);
}

/** An encoded StatsContainerResponse. */
export function containerStats(memory: MemoryWatch, containerId: string): Uint8Array {
  const members = memory.members(containerId);
  const sum = (of: (member: (typeof members)[number]) => number) => members.reduce((total, one) => total + of(one), 0);
  const user = sum(({ userTicks }) => userTicks) * nanosecondsPerTick;
  const system = sum(({ systemTicks }) => systemTicks) * nanosecondsPerTick;
  const held = sum(({ residentBytes }) => residentBytes);
  const peak = Math.max(held, memory.peakOf(containerId));
  const cgroup = message({
    1: message({ 1: message({ 1: user + system, 3: system, 4: user }) }),
    2: message({ 2: message({ 1: held, 2: peak, 4: memory.limitOf(containerId) }) }),
    3: message({ 1: members.length }),
  });
  const interfaces = members[0] === undefined ? [] : networkStats(members[0].pid);
  return Buffer.concat([message({ 1: cgroup }), ...interfaces.map((one) => message({ 2: one }))]);
}

/** /proc/PID/net/dev: two lines of headings, then NAME: 8 columns received, 8 columns sent. */
function networkStats(pid: number): Uint8Array[] {
  const lines = readFileSync(`/proc/${pid}/net/dev`, 'utf8').trim().split('\n').slice(2);
  return lines.map((line) => {
    const [name = '', ...columns] = line.trim().split(/:\s*|\s+/);
    const at = (column: number) => Number(columns[column] ?? 0);
    const received = { 2: at(0), 3: at(1), 4: at(2), 5: at(3) };
    return message({ 1: name, ...received, 6: at(8), 7: at(9), 8: at(10), 9: at(11) });
  });
}
