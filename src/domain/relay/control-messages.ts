/** The control messages between adaptor and relay as JSON: checked on the way in, whoever wrote them. */

import { PeerPodError } from '#base/errors.ts';
import type { PodVolume } from '#codec/direct-volumes.ts';
import type { RelayAttachment } from './control.ts';

export function encodeMessage(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

export function decodeMessage(payload: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    throw new PeerPodError('E_DECODE', 'the relay message is not JSON', { cause: error });
  }
  return parseObject(value, 'the relay message');
}

export function parseObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new PeerPodError('E_ARGUMENT', `${name} must be an object`);
  return value as Record<string, unknown>;
}

export function parseList(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new PeerPodError('E_ARGUMENT', `${name} must be a list`);
  return value;
}

export function parseName(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new PeerPodError('E_ARGUMENT', `${name} must be a string`);
  return value;
}

export function parsePositive(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new PeerPodError('E_ARGUMENT', `${name} must be a positive integer`);
  }
  return value;
}

export function parseAttachment(value: unknown): RelayAttachment {
  const fields = parseObject(value, 'the attachment');
  return {
    sandboxId: parseName(fields.sandboxId, 'sandboxId'),
    socketPath: parseName(fields.socketPath, 'socketPath'),
    host: parseName(fields.host, 'host'),
    port: parsePositive(fields.port, 'port'),
    tls: parseTls(fields.tls),
    ...(fields.volumes === undefined ? {} : { volumes: parseList(fields.volumes, 'volumes').map(parseVolume) }),
  };
}

function parseVolume(value: unknown): PodVolume {
  const { targetPath, diskId, fsType, encryptType, keyId, lun } = parseObject(value, 'a volume');
  if (typeof lun !== 'number' || !Number.isSafeInteger(lun) || lun < 0) {
    throw new PeerPodError('E_ARGUMENT', 'lun must be a whole number');
  }
  return {
    targetPath: parseName(targetPath, 'targetPath'),
    diskId: parseName(diskId, 'diskId'),
    fsType: parseName(fsType, 'fsType'),
    encryptType: encryptType === undefined ? undefined : parseName(encryptType, 'encryptType'),
    keyId: keyId === undefined ? undefined : parseName(keyId, 'keyId'),
    lun,
  };
}

function parseTls(value: unknown): RelayAttachment['tls'] {
  if (value === undefined) return undefined;
  const { directory, serverName, serverFingerprint256, minVersion, cipherSuites } = parseObject(value, 'tls');
  if (cipherSuites !== undefined && !Array.isArray(cipherSuites)) {
    throw new PeerPodError('E_ARGUMENT', 'cipherSuites must be a list');
  }
  return {
    directory: parseName(directory, 'directory'),
    serverName: parseName(serverName, 'serverName'),
    // A pin that is present but malformed must not turn into no pin.
    ...(serverFingerprint256 === undefined
      ? {}
      : { serverFingerprint256: parseName(serverFingerprint256, 'fingerprint') }),
    ...(minVersion === undefined ? {} : { minVersion: parseName(minVersion, 'minVersion') }),
    ...(cipherSuites === undefined
      ? {}
      : { cipherSuites: cipherSuites.map((suite) => parseName(suite, 'cipher suite')) }),
  };
}
