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

/**
 * Most threads at once. 'brief' jobs queue for the kernel's rtnl lock, where beyond four only the waiting grows.
 * 'lingering' ones delete things and mostly wait for RCU grace periods (20 ms and more each), which they do together.
 */
const threadsMax = { brief: 4, lingering: 64 } as const;
export type Lane = keyof typeof threadsMax;

let loaded: NativeAddon | undefined;
const lanes: Record<Lane, { running: number; readonly waiting: (() => void)[] }> = {
  brief: { running: 0, waiting: [] },
  lingering: { running: 0, waiting: [] },
};

export async function runJob(name: Lane, start: (addon: NativeAddon) => Promise<NativeResult>): Promise<NativeResult> {
  loaded ??= load();
  const lane = lanes[name];
  if (lane.running < threadsMax[name]) lane.running++;
  else await new Promise<void>((resolve) => lane.waiting.push(resolve)); // a place is handed over, not freed
  try {
    return await start(loaded);
  } finally {
    const next = lane.waiting.shift();
    if (next) next();
    else lane.running--;
  }
}

function load(): NativeAddon {
  const path = fileURLToPath(new URL('./build/netns_socket.node', import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`make build\` (or native/build.sh) first`);
  return createRequire(import.meta.url)(path) as NativeAddon;
}
