/** Connections to a pod VM's forwarder, each proven by an answered Health.Check before it is handed out. */

import { readFile } from 'node:fs/promises';
import type net from 'node:net';
import { join } from 'node:path';
import { type Clock, sleep } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
import { deadlineSignal } from '#base/signals.ts';
import { decodeResponse, encodeRequestFrame } from '#codec/ttrpc/envelope.ts';
import { messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';
import { RpcError } from '#codec/ttrpc/status.ts';
import { connectTls, parseTlsProfile } from '#io/tls.ts';
import type { RelayAttachment } from './control.ts';
import { untilReachable } from './probe.ts';

const probeEveryMs = 100;
/** One attempt: connect, handshake and Health.Check together. */
const attemptMs = 5000;

/** Dials until a Health.Check is answered; gives up only by `signal`. Rejects with the signal's reason. */
export async function dialUntilHealthy(
  attachment: RelayAttachment,
  options: { readonly clock: Clock; readonly signal: AbortSignal; readonly onFailure?: (error: unknown) => void },
): Promise<net.Socket> {
  const { clock, signal } = options;
  for (;;) {
    signal.throwIfAborted();
    const reached = await untilReachable(attachment.host, attachment.port, clock, signal);
    try {
      using limit = deadlineSignal(clock, attemptMs, `dial ${attachment.host}:${attachment.port}`, signal);
      return await prove(reached, attachment, limit.signal);
    } catch (error) {
      reached.destroy();
      signal.throwIfAborted();
      options.onFailure?.(error);
      await sleep(clock, probeEveryMs, signal);
    }
  }
}

/** TLS where it is due, then an answered Health.Check: with TLS 1.3 only that tells that we were accepted. */
async function prove(reached: net.Socket, attachment: RelayAttachment, signal: AbortSignal): Promise<net.Socket> {
  const socket = attachment.tls ? await secure(reached, attachment, attachment.tls, signal) : reached;
  try {
    await checkHealth(socket, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function secure(
  reached: net.Socket,
  { host, port }: RelayAttachment,
  tls: NonNullable<RelayAttachment['tls']>,
  signal: AbortSignal,
) {
  const read = (name: string) => readFile(join(tls.directory, name), 'utf8');
  const [caPem, certPem, key] = await Promise.all([read('ca.pem'), read('client.pem'), read('client.key')]);
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

/** Stream 1 of the connection. Nothing else is in flight, so no byte of anybody else's answer can be lost here. */
function checkHealth(socket: net.Socket, signal: AbortSignal): Promise<void> {
  const decoder = new FrameDecoder();
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      socket.off('data', onData);
      socket.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      socket.pause();
      if (error === undefined) resolve();
      else reject(error);
    };
    const onAbort = () => settle(signal.reason);
    const onClose = () => settle(new PeerPodError('E_RELAY_LOST', 'closed before Health.Check was answered'));
    const onData = (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        if (frame.kind !== 'frame' || frame.type !== messageTypes.response) continue;
        try {
          const { status } = decodeResponse(frame.data);
          return settle(status && new RpcError(status));
        } catch (error) {
          return settle(error);
        }
      }
    };
    if (signal.aborted) return settle(signal.reason);
    socket.on('data', onData);
    socket.on('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    const header = { streamId: 1, type: messageTypes.request, flags: 0 };
    const request = { service: 'grpc.Health', method: 'Check', payload: new Uint8Array(0), metadata: [] };
    socket.write(encodeRequestFrame(header, { ...request, timeoutNano: BigInt(attemptMs) * 1_000_000n }));
  });
}
