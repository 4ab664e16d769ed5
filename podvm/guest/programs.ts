/** The programs of a pod VM as one executable: the name that it is started under says which of them runs. */

import { basename } from 'node:path';

/** What a program's module does at import is the program. */
export type Programs = Readonly<Record<string, () => Promise<unknown>>>;

export const podVmPrograms: Programs = {
  'pod-vm-boot': () => import('./boot.ts'),
  'agent-protocol-forwarder': () => import('#daemons/forwarder/run.ts'),
  'process-user-data': () => import('#daemons/process-user-data/main.ts'),
};

export function runProgram(programs: Programs): void {
  const name = basename(process.argv0);
  const start = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (start) return void start();
  process.stderr.write(`started as ${name}, which is none of ${Object.keys(programs).join(', ')}\n`);
  process.exitCode = 2;
}
