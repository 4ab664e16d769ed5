/** What /proc tells of processes, read for one moment. */

import { readdirSync, readFileSync } from 'node:fs';

export interface TableEntry {
  readonly pid: number;
  readonly parent: number;
  /** The session: a process that was started with one of its own, and all that it started, unless they left it. */
  readonly session: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly residentBytes: number;
}

/** USER_HZ: what the kernel counts CPU time in towards programs, on every architecture we meet. */
export const nanosecondsPerTick = 10_000_000;

export function readProcessTable(): TableEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => entryOf(pid) ?? []);
}

function entryOf(pid: string): TableEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    // After the name, which is in parentheses and may hold anything: state ppid pgrp session …
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, , session] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    return {
      pid: Number(pid),
      parent: Number(parent),
      session: Number(session),
      userTicks: Number(fields[11]),
      systemTicks: Number(fields[12]),
      residentBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024,
    };
  } catch {
    return undefined; // it ended while we looked
  }
}
