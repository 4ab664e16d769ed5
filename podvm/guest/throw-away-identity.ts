/** A key and a certificate signed with it, made here for a connection of this machine with itself. */

import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { Secret } from '#base/secret.ts';

export interface ThrowAwayIdentity {
  readonly serverName: string;
  /** No CA: it vouches for itself and for nothing else. */
  readonly certPem: string;
  readonly key: Secret<string>;
  readonly fingerprint256: string;
}

const serverName = 'rehearsal.invalid';
const hourMs = 60 * 60 * 1000;

const tags = { integer: 0x02, bits: 0x03, bytes: 0x04, oid: 0x06, utf8: 0x0c, time: 0x17, sequence: 0x30, set: 0x31 };
/** DER of ecdsa-with-SHA256, of the attribute commonName, and of the extension subjectAltName. */
const oids = { ecdsaWithSha256: '2a8648ce3d040302', commonName: '550403', subjectAltName: '551d11' };
const lengthMax = 0xffff;

/**
 * For one hour around now. By hand, since the library that the worker issues identities with would make each boot of a
 * pod VM longer, only by being there.
 */
export function makeThrowAwayIdentity(clock: Clock): ThrowAwayIdentity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(tags.sequence, oid(oids.ecdsaWithSha256));
  const name = der(
    tags.sequence,
    der(tags.set, der(tags.sequence, oid(oids.commonName), der(tags.utf8, Buffer.from(serverName)))),
  );
  const now = clock.wallNow();
  const dnsName = der(0x82, Buffer.from(serverName));
  const extension = der(tags.sequence, oid(oids.subjectAltName), der(tags.bytes, der(tags.sequence, dnsName)));
  const toBeSigned = der(
    tags.sequence,
    der(0xa0, der(tags.integer, Buffer.from([2]))), // version 3
    der(tags.integer, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    der(tags.sequence, time(now - hourMs), time(now + hourMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(tags.sequence, extension)),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = new X509Certificate(
    der(tags.sequence, toBeSigned, algorithm, der(tags.bits, Buffer.from([0]), signature)),
  );
  return {
    serverName,
    certPem: certificate.toString(),
    key: new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    fingerprint256: certificate.fingerprint256,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length > lengthMax) throw new RangeError(`DER of ${length} bytes`);
  const short = length < 0x80 ? [length] : [0x81, length];
  return Buffer.concat([
    Buffer.from(length <= 0xff ? [tag, ...short] : [tag, 0x82, length >> 8, length & 0xff]),
    content,
  ]);
}

function oid(hex: string): Buffer {
  return der(tags.oid, Buffer.from(hex, 'hex'));
}

/** UTCTime, which ends in 2049. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(tags.time, Buffer.from(`${digits}Z`));
}
