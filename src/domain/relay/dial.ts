/** Connections to a pod VM's forwarder, each proven by an answered call before it is handed out. */

import { readFileSync } from 'node:fs';
import type net from 'node:net';
import { join } from 'node:path';
import type tls from 'node:tls';
import { type Clock, sleep } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import { Secret } from '#base/secret.ts';
import { deadlineSignal } from '#base/signals.ts';
import { sessionIdBytes } from '#codec/ttrpc-session/session-frames.ts';
import { clientContext, connectTlsWith, parseTlsProfile } from '#io/tls.ts';
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
    const reaching = untilReachable(attachment.host, attachment.port, clock, signal);
    const prepared = prepare(attachment); // while the answer is on its way
    const reached = await reaching;
    try {
      // A VM that has just booted comes in turn again. Waiting is nobody's fault: the attempt's time begins after it.
      using _again = first.isOver ? await options.turns.take(signal) : undefined;
      using limit = deadlineSignal(clock, attemptMs, `dial ${attachment.host}:${attachment.port}`, signal);
      return await prove(reached, prepared, attachment, options, limit.signal);
    } catch (error) {
      reached.destroy();
      signal.throwIfAborted();
      options.onFailure?.(error);
      await sleep(clock, probeEveryMs, signal);
    }
  }
}

interface Prepared {
  /** Undefined: no TLS. */
  readonly context?: tls.SecureContext;
  readonly error?: unknown;
}

/** Does not throw: the dial that is under way comes to its end first. */
function prepare({ tls }: RelayAttachment): Prepared {
  if (!tls) return {};
  // Short files in memory: going to another thread for each takes ten times as long, which many dials at once feel.
  const read = (name: string) => readFileSync(join(tls.directory, name), 'utf8');
  try {
    const [caPem, certPem, key] = [read('ca.pem'), read('client.pem'), new Secret(read('client.key'))];
    return {
      context: clientContext({ caPem, certPem, key, profile: parseTlsProfile(tls.minVersion, tls.cipherSuites) }),
    };
  } catch (error) {
    return { error };
  }
}

/** TLS where it is due, then answered calls: with TLS 1.3 only that tells that we were accepted. */
async function prove(
  reached: net.Socket,
  prepared: Prepared,
  attachment: RelayAttachment,
  { random, resume }: DialOptions,
  signal: AbortSignal,
): Promise<Far> {
  const socket = attachment.tls ? await secure(reached, prepared, attachment, attachment.tls, signal) : reached;
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

async function secure(
  socket: net.Socket,
  { context, error }: Prepared,
  { host, port }: RelayAttachment,
  { serverName, serverFingerprint256 }: NonNullable<RelayAttachment['tls']>,
  signal: AbortSignal,
): Promise<net.Socket> {
  if (!context) throw error;
  const pin = serverFingerprint256 === undefined ? {} : { serverFingerprint256 };
  return await connectTlsWith(context, { host, port, socket, serverName, ...pin, signal });
}

/** Not of Buffer's pool: kept for long, it would keep 8 KiB of others' bytes with it. */
export function newSessionId(random: Random): Buffer {
  const id = Buffer.alloc(sessionIdBytes);
  id.set(random.bytes(sessionIdBytes));
  return id;
}
