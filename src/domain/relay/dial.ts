/** Connections to a pod VM's forwarder, each proven by an answered call before it is handed out. */

import { readFileSync } from 'node:fs';
import type net from 'node:net';
import { join } from 'node:path';
import { type Clock, sleep } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import { Secret } from '#base/secret.ts';
import { deadlineSignal } from '#base/signals.ts';
import { sessionIdBytes } from '#codec/ttrpc-session/session-frames.ts';
import { connectTls, parseTlsProfile } from '#io/tls.ts';
import type { RelayAttachment } from './control.ts';
import type { DialTurns } from './dial-turns.ts';
import type { Far, ResumePoint } from './far.ts';
import { makeFirstCalls } from './first-calls.ts';
import { untilReachable } from './probe.ts';

const probeEveryMs = 100;
/** One attempt: handshake and first calls together. */
const attemptMs = 5000;

export interface DialOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly turns: DialTurns;
  /** A session to take up again. */
  readonly resume?: ResumePoint | undefined;
  readonly onFailure?: (error: unknown) => void;
}

/** Dials until the far side has proven itself; gives up only by `signal`. Rejects with the signal's reason. */
export async function dialUntilHealthy(attachment: RelayAttachment, options: DialOptions): Promise<Far> {
  const { clock, signal } = options;
  for (;;) {
    signal.throwIfAborted();
    using first = await options.turns.take(signal);
    const reached = await untilReachable(attachment.host, attachment.port, clock, signal);
    try {
      // A VM that has just booted comes in turn again. Waiting is nobody's fault: the attempt's time begins after it.
      using _again = first.isOver ? await options.turns.take(signal) : undefined;
      using limit = deadlineSignal(clock, attemptMs, `dial ${attachment.host}:${attachment.port}`, signal);
      return await prove(reached, attachment, options, limit.signal);
    } catch (error) {
      reached.destroy();
      signal.throwIfAborted();
      options.onFailure?.(error);
      await sleep(clock, probeEveryMs, signal);
    }
  }
}

/** TLS where it is due, then answered calls: with TLS 1.3 only that tells that we were accepted. */
async function prove(
  reached: net.Socket,
  attachment: RelayAttachment,
  { random, resume }: DialOptions,
  signal: AbortSignal,
): Promise<Far> {
  const socket = attachment.tls ? await secure(reached, attachment, attachment.tls, signal) : reached;
  try {
    const point = resume ?? { sessionId: newSessionId(random), receivedBytes: 0 };
    const first = { point, isNew: resume === undefined, checkMs: attemptMs };
    const session = await makeFirstCalls(socket, first, signal);
    return session ? { socket, session } : { socket };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Not of Buffer's pool: kept for long, it would keep 8 KiB of others' bytes with it. */
export function newSessionId(random: Random): Buffer {
  const id = Buffer.alloc(sessionIdBytes);
  id.set(random.bytes(sessionIdBytes));
  return id;
}

async function secure(
  reached: net.Socket,
  { host, port }: RelayAttachment,
  tls: NonNullable<RelayAttachment['tls']>,
  signal: AbortSignal,
) {
  // Short files in memory: going to another thread for each takes ten times as long, which many dials at once feel.
  const read = (name: string) => readFileSync(join(tls.directory, name), 'utf8');
  const [caPem, certPem, key] = [read('ca.pem'), read('client.pem'), read('client.key')];
  return await connectTls({
    host,
    port,
    socket: reached,
    caPem,
    certPem,
    key: new Secret(key),
    serverName: tls.serverName,
    ...(tls.serverFingerprint256 === undefined ? {} : { serverFingerprint256: tls.serverFingerprint256 }),
    profile: parseTlsProfile(tls.minVersion, tls.cipherSuites),
    signal,
  });
}
