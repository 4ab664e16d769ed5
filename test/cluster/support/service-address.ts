/** Cluster addresses without a network plugin: each is on this machine's loopback interface. In namespaces of one's own only. */

import { execFileSync } from 'node:child_process';

/** A namespace's loopback interface is down at first, and so is all of 127/8. */
export function raiseLoopback(): void {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
}

/** What is listened for there is what the API server, which dials a Service by its cluster address, gets. */
export function holdAddress(address: string): void {
  execFileSync('ip', ['address', 'replace', `${address}/32`, 'dev', 'lo']);
}
