/** What a worker and a pod VM that waits for a pod say to each other: one frame, one line. */

import { PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
import { parseFirstObject } from './go-json.ts';

/** Where user data puts it. Its presence says that the VM is to wait for a pod. */
export const bootstrapPath = '/run/peerpod/bootstrap.json';

/** A VM's identity until it has a pod's, and the one client that it accepts. Each VM has its own. */
export interface Bootstrap {
  readonly tlsServerKey: Secret<string>;
  readonly tlsServerCert: string;
  readonly tlsClientCa: string;
}

export function encodeBootstrap({ tlsServerKey, tlsServerCert, tlsClientCa }: Bootstrap): Secret<string> {
  const json = {
    version: 1,
    'tls-server-key': tlsServerKey.reveal(),
    'tls-server-cert': tlsServerCert,
    'tls-client-ca': tlsClientCa,
  };
  return new Secret(JSON.stringify(json, undefined, 4));
}

/** Errors never quote the text. */
export function parseBootstrap(text: string): Bootstrap {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = parseFirstObject(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw new PeerPodError('E_USER_DATA', `${bootstrapPath} is not JSON`);
  }
  if (fields.version !== 1) throw new PeerPodError('E_USER_DATA', `${bootstrapPath} is not of version 1`);
  const field = (key: string): string => {
    const value = fields[key];
    if (typeof value !== 'string' || value === '') {
      throw new PeerPodError('E_USER_DATA', `${bootstrapPath} has no ${key}`);
    }
    return value;
  };
  return {
    tlsServerKey: new Secret(field('tls-server-key')),
    tlsServerCert: field('tls-server-cert'),
    tlsClientCa: field('tls-client-ca'),
  };
}

/** As user data itself. */
const documentBytesMax = 1024 * 1024;
const headerBytes = 4;

/** The pod's user data, after its length in four bytes. Length 0 only asks whether the VM waits. */
export function encodeAssignment(document: Secret<string> | undefined): Buffer {
  const content = Buffer.from(document?.reveal() ?? '');
  if (content.length > documentBytesMax) {
    throw new PeerPodError('E_USER_DATA_TOO_LARGE', `user data of ${content.length} bytes`);
  }
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(content.length);
  return Buffer.concat([header, content]);
}

/** Collects one frame; bytes after it are none of ours. */
export class AssignmentReader {
  #received = Buffer.alloc(0);

  /** The document once it is whole; empty for a question. Throws when it is announced as too long. */
  push(chunk: Buffer): Buffer | undefined {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (this.#received.length < headerBytes) return undefined;
    const length = this.#received.readUInt32BE(0);
    if (length > documentBytesMax) throw new PeerPodError('E_USER_DATA_TOO_LARGE', `user data of ${length} bytes`);
    if (this.#received.length < headerBytes + length) return undefined;
    return this.#received.subarray(headerBytes, headerBytes + length);
  }
}

/** `waiting` answers a question, `assigned` names the SHA-256 of what was taken. */
export type AssignmentAnswer = 'waiting' | 'refused' | { readonly assigned: string };

const answerPattern = /^(waiting|refused|assigned ([0-9a-f]{64}))\n$/;
export const answerBytesMax = 128;

export function encodeAnswer(answer: AssignmentAnswer): string {
  return typeof answer === 'string' ? `${answer}\n` : `assigned ${answer.assigned}\n`;
}

export function parseAnswer(line: string): AssignmentAnswer {
  const match = answerPattern.exec(line);
  if (!match) throw new PeerPodError('E_DECODE', 'the pod VM answers an assignment with something else');
  if (match[2] !== undefined) return { assigned: match[2] };
  return match[1] === 'waiting' ? 'waiting' : 'refused';
}
