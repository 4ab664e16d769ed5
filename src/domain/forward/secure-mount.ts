/** Encrypted volumes: the Confidential Data Hub in the VM gets the key, opens the disk and mounts it. */

import type { Socket } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import { deadlineSignal } from '#base/signals.ts';
import { encodeBytesField } from '#codec/protobuf-wire.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';

export interface SecureMountRequest {
  readonly device: string;
  /** It has a LUKS header already; else one is made, over whatever is there. */
  readonly isEncrypted: boolean;
  readonly fileSystem: string;
  readonly keyId: string;
  readonly mapper: string;
  readonly directory: string;
}

export type SecureMount = (request: SecureMountRequest, signal: AbortSignal) => Promise<void>;

/** The CDH starts with the VM, as we do. */
const dialMs = 20_000;
/** The key comes from a broker after an attestation, and a new disk gets its file system. */
const callMs = 300_000;

/** The name under /dev/mapper by which a volume is closed again. */
export function mapperName(volume: string): string {
  return `caa-${volume}`;
}

/** A connection for each call: they are rare, and the CDH may have been started anew in between. */
export function secureMountThrough(dial: (signal: AbortSignal) => Promise<Socket>, clock: Clock): SecureMount {
  return async (request, signal) => {
    try {
      using limit = deadlineSignal(clock, dialMs, 'dialling the confidential data hub', signal);
      const client = new TtrpcClient(await dial(limit.signal), { clock });
      await using _ending = client;
      const payload = encodeSecureMount(request);
      await client.call('api.SecureMountService', 'SecureMount', payload, { timeoutMs: callMs, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new PeerPodError('E_CLOUD_VOLUME', asPeerPodError(error, 'E_IO', 'secure mount').message, { cause: error });
    }
  };
}

/** {volume_type=1, options=2 map, flags=3, mount_point=4} */
export function encodeSecureMount(request: SecureMountRequest): Uint8Array {
  const options = {
    devicePath: request.device,
    sourceType: request.isEncrypted ? 'encrypted' : 'empty',
    targetType: 'fileSystem',
    encryptionType: 'luks2',
    filesystemType: request.fileSystem,
    key: `kbs:///${request.keyId}`,
    mapperName: request.mapper,
  };
  const text = (number: number, value: string) => encodeBytesField(number, Buffer.from(value, 'utf8'));
  const entries = Object.entries(options).map(([key, value]) =>
    encodeBytesField(2, Buffer.concat([text(1, key), text(2, value)])),
  );
  return Buffer.concat([text(1, 'block-device'), ...entries, text(4, request.directory)]);
}
