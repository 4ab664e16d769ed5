/** Connections to a pod VM's forwarder, each proven by an answered Health.Check before it is handed out. */

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
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
    await untilReachable(attachment.host, attachment.port, clock, signal);
    try {
      return await dialOnce(attachment, AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]));
    } catch (error) {
      signal.throwIfAborted();
      options.onFailure?.(error);
      await sleep(clock, probeEveryMs, signal);
    }
  }
}

async function dialOnce(attachment: RelayAttachment, signal: AbortSignal): Promise<net.Socket> {
  const socket = attachment.tls
    ? await dialTls(attachment, attachment.tls, signal)
    : await dialPlain(attachment, signal);
  try {
    await checkHealth(socket, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function dialTls(attachment: RelayAttachment, tls: NonNullable<RelayAttachment['tls']>, signal: AbortSignal) {
  const read = (name: string) => readFile(join(tls.directory, name), 'utf8');
  const [caPem, certPem, key] = await Promise.all([read('ca.pem'), read('client.pem'), read('client.key')]);
  const { host, port } = attachment;
  return connectTls({
    host,
    port,
    caPem,
    certPem,
    key: new Secret(key),
    serverName: tls.serverName,
    ...(tls.serverFingerprint256 === undefined ? {} : { serverFingerprint256: tls.serverFingerprint256 }),
    profile: parseTlsProfile(tls.minVersion, tls.cipherSuites),
    signal,
  });
}

async function dialPlain({ host, port }: RelayAttachment, signal: AbortSignal): Promise<net.Socket> {
  const socket = net.connect({ host, port, noDelay: true, keepAlive: true });
  try {
    await once(socket, 'connect', { signal });
  } catch (error) {
    socket.destroy();
    throw asPeerPodError(error, 'E_RELAY_LOST', `connect to ${host}:${port}`);
  }
  socket.on('error', () => {}); // the owner hears of the end by 'close'
  return socket;
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
