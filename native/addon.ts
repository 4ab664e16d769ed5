/** Loads the native part on first use, and bounds how many of its threads run at once. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface NativeLeg {
  /** -1: the namespace this process is in. */
  readonly netnsFd: number;
  readonly protocol: number;
  readonly evenAfterErrors: boolean;
  /** One sendmsg(2) each; all answers to one are read before the next is sent. */
  readonly sends: readonly Buffer[];
}

export interface NativeLegResult {
  readonly reply: Buffer;
  /** Of a send or receive that failed; 0 when none did. */
  readonly errno: number;
  /** Not sent since an earlier leg was refused. */
  readonly skipped: boolean;
}

export interface NativeResult {
  /** Of what failed before anything was sent; 0 when nothing did. */
  readonly errno: number;
  readonly attempted: string;
  readonly legs: readonly NativeLegResult[];
}

interface NativeAddon {
  exchange(legs: readonly NativeLeg[]): Promise<NativeResult>;
  createNetns(path: string): Promise<NativeResult>;
  deleteNetns(path: string): Promise<NativeResult>;
}

/** The kernel's rtnl lock takes one writer at a time; beyond four threads only the waiting grows. */
const threadsMax = 4;

let loaded: NativeAddon | undefined;
let running = 0;
const waiting: (() => void)[] = [];

export async function runJob(start: (addon: NativeAddon) => Promise<NativeResult>): Promise<NativeResult> {
  loaded ??= load();
  if (running < threadsMax) running++;
  else await new Promise<void>((resolve) => waiting.push(resolve)); // our place is handed over, not freed
  try {
    return await start(loaded);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

function load(): NativeAddon {
  const path = fileURLToPath(new URL('./build/netns_socket.node', import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`make build\` (or native/build.sh) first`);
  return createRequire(import.meta.url)(path) as NativeAddon;
}
