/** Loads the native part on first use, speaks its format, and bounds how many of its threads run at once. */

import { align, hostIsLittle, viewOf } from './attribute.ts';
import { loadAddon } from './load.ts';

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

/** Requests and results as netns_socket.c describes them. */
interface NativeAddon {
  exchange(request: Buffer): Promise<Buffer>;
  createNetns(path: string): Promise<Buffer>;
  deleteNetns(path: string): Promise<Buffer>;
  rouse(): void;
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

/** A job will come in some microseconds: wakes a thread meanwhile. Who deletes things waits for the kernel anyway. */
export function rouse(lane: Lane): void {
  if (lane === 'lingering') return;
  loaded ??= loadAddon<NativeAddon>('netns_socket');
  loaded.rouse();
}

export async function runJob(name: Lane, start: (addon: NativeAddon) => Promise<Buffer>): Promise<NativeResult> {
  loaded ??= loadAddon<NativeAddon>('netns_socket');
  const lane = lanes[name];
  if (lane.running < threadsMax[name]) lane.running++;
  else await new Promise<void>((resolve) => lane.waiting.push(resolve)); // a place is handed over, not freed
  try {
    return readResult(await start(loaded));
  } finally {
    const next = lane.waiting.shift();
    if (next) next();
    else lane.running--;
  }
}

const wordBytes = 4;
const legWords = 4;
const legResultWords = 3;

export function encodeLegs(legs: readonly NativeLeg[]): Buffer {
  let length = 0;
  for (const { sends } of legs) {
    length += legWords * wordBytes;
    for (const send of sends) length += wordBytes + align(send.length);
  }
  const bytes = Buffer.allocUnsafe(length); // what pads the sends is not looked at
  const view = viewOf(bytes);
  let at = 0;
  const put = (word: number) => {
    view.setInt32(at, word, hostIsLittle);
    at += wordBytes;
  };
  for (const { netnsFd, protocol, evenAfterErrors, sends } of legs) {
    put(netnsFd);
    put(protocol);
    put(evenAfterErrors ? 1 : 0);
    put(sends.length);
    for (const send of sends) {
      put(send.length);
      bytes.set(send, at);
      at += align(send.length);
    }
  }
  return bytes;
}

function readResult(bytes: Buffer): NativeResult {
  const view = viewOf(bytes);
  const errno = view.getInt32(0, hostIsLittle);
  if (errno !== 0) return { errno, attempted: bytes.toString('utf8', wordBytes), legs: [] };
  const legs: NativeLegResult[] = [];
  for (let at = wordBytes; at < bytes.length; ) {
    const from = at + legResultWords * wordBytes;
    const to = from + view.getUint32(at + 2 * wordBytes, hostIsLittle);
    legs.push({
      errno: view.getInt32(at, hostIsLittle),
      skipped: view.getUint32(at + wordBytes, hostIsLittle) !== 0,
      reply: bytes.subarray(from, to),
    });
    at = to;
  }
  return { errno, attempted: '', legs };
}
