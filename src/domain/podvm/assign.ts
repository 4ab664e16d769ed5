/** The worker's side of giving a pod to a VM that waits for one. */

import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { PeerPodError } from '#base/errors.ts';
import type { Secret } from '#base/secret.ts';
import { type AssignmentAnswer, answerBytesMax, encodeAssignment, parseAnswer } from '#codec/assignment.ts';
import { parseTlsProfile } from '#codec/tls-profile.ts';
import { connectTls } from '#io/tls.ts';

/** What proves the VM to us and us to the VM; used for nothing else. */
export interface BootstrapClient {
  readonly serverName: string;
  readonly serverFingerprint256: string;
  readonly caPem: string;
  readonly certPem: string;
  readonly key: Secret<string>;
}

export interface AssignmentTarget {
  readonly host: string;
  readonly port: number;
  readonly client: BootstrapClient;
}

/** Whether the VM waits. Rejects when it does not: not yet, or not any more. */
export async function askWaiting(target: AssignmentTarget, signal: AbortSignal): Promise<void> {
  const answer = await exchange(target, undefined, signal);
  if (answer !== 'waiting') throw new PeerPodError('E_POD_VM_CREATE', 'the pod VM does not wait for a pod');
}

/** Resolves once the VM has taken exactly this document. */
export async function assign(target: AssignmentTarget, document: Secret<string>, signal: AbortSignal): Promise<void> {
  const answer = await exchange(target, document, signal);
  const digest = createHash('sha256').update(document.reveal()).digest('hex');
  if (typeof answer === 'object' && answer.assigned === digest) return;
  throw new PeerPodError('E_POD_VM_CREATE', 'the pod VM did not take its assignment');
}

async function exchange(
  { host, port, client }: AssignmentTarget,
  document: Secret<string> | undefined,
  signal: AbortSignal,
): Promise<AssignmentAnswer> {
  const frame = encodeAssignment(document);
  const socket = await connectTls({
    host,
    port,
    ...client,
    profile: parseTlsProfile('VersionTLS13', undefined),
    signal,
  });
  try {
    socket.write(frame);
    return parseAnswer(await readLine(socket, signal));
  } finally {
    socket.destroy();
  }
}

function readLine(socket: TLSSocket, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.off('close', onClose);
      act();
    };
    const onAbort = () => settle(() => reject(signal.reason));
    const onClose = () => settle(() => reject(new PeerPodError('E_RELAY_LOST', 'the pod VM closed without an answer')));
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('close', onClose);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\n') || text.length > answerBytesMax) settle(() => resolve(text));
    });
  });
}
