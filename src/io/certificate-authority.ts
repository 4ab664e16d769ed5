/** Issues everything one pod VM and its relay need to trust each other, and nobody else: fresh for each pod. */

import { createHash, generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { Secret } from '#base/secret.ts';
import {
  type CertificateFields,
  certificateDer,
  certificatePem,
  type DistinguishedName,
  toBeSigned,
} from '#codec/certificate.ts';

export interface PodIdentity {
  readonly caCertPem: string;
  /** A self-signed leaf, not a CA: the VM accepts exactly this certificate. */
  readonly clientCertPem: string;
  readonly clientKeyPem: Secret<string>;
  readonly serverCertPem: string;
  readonly serverKeyPem: Secret<string>;
  /** SHA-256 over the server certificate's DER, as upper-case hex pairs joined by colons. */
  readonly serverFingerprint256: string;
}

/** An uncompressed point of P-256, where a public key's DER ends. */
const pointBytes = 65;
const serialBytes = 16;
/** The VM's clock may be behind the worker's, and the worker's may jump back: by a time zone at most. */
const backdateMs = 26 * 60 * 60 * 1000;
const validityMs = 2 * 365 * 24 * 60 * 60 * 1000;
const serverOrganisation = 'agent-protocol-forwarder';
const clientOrganisation = 'cloud-api-adaptor';

export type Subject = Pick<CertificateFields, 'usage' | 'isCa'> & {
  readonly name: DistinguishedName;
  readonly dnsNames?: readonly string[];
};

export type Validity = Pick<CertificateFields, 'notBefore' | 'notAfter'>;

export interface KeyPair {
  readonly privateKey: KeyObject;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** Names the key in its own certificate, and in those that it signs. */
  readonly id: Buffer;
}

export interface Issuer extends KeyPair {
  readonly name: DistinguishedName;
}

/** All of an identity that does not depend on the pod VM's name. */
export interface PreparedIdentity {
  readonly preparedAtMs: number;
  readonly validity: Validity;
  readonly ca: Issuer;
  readonly caCertPem: string;
  readonly clientCertPem: string;
  readonly clientKeyPem: Secret<string>;
  readonly server: KeyPair;
  readonly serverKeyPem: Secret<string>;
}

export function issuePodIdentity(options: { readonly serverName: string; readonly clock: Clock }): PodIdentity {
  return finishIdentity(prepareIdentity(options.clock), options.serverName);
}

/** The larger part of the work, ahead of time. Each result is for one pod VM only. */
export function prepareIdentity(clock: Clock): PreparedIdentity {
  const [caKeys, clientKeys, server] = [newKeys(), newKeys(), newKeys()];
  const preparedAtMs = clock.wallNow();
  const from = preparedAtMs - backdateMs;
  const validity = { notBefore: new Date(from), notAfter: new Date(from + validityMs) };
  const ca: Issuer = { ...caKeys, name: { organisation: serverOrganisation } };
  const client: Issuer = { ...clientKeys, name: { organisation: clientOrganisation } };
  const caCert = issue({ name: ca.name, usage: 'serverAuth', isCa: true }, ca, ca, validity);
  const clientCert = issue({ name: client.name, usage: 'clientAuth', isCa: false }, client, client, validity);
  const [caCertPem, clientCertPem] = [certificatePem(caCert), certificatePem(clientCert)];
  const [clientKeyPem, serverKeyPem] = [exportKey(clientKeys), exportKey(server)];
  return { preparedAtMs, validity, ca, caCertPem, clientCertPem, clientKeyPem, server, serverKeyPem };
}

/** `serverName`: what the relay will check. */
export function finishIdentity(prepared: PreparedIdentity, serverName: string): PodIdentity {
  const { ca, caCertPem, clientCertPem, clientKeyPem, server, serverKeyPem, validity } = prepared;
  const subject: Subject = {
    name: { organisation: serverOrganisation, commonName: serverName },
    usage: 'serverAuth',
    isCa: false,
    dnsNames: [serverName],
  };
  const serverCert = issue(subject, server, ca, validity);
  return {
    caCertPem,
    clientCertPem,
    clientKeyPem,
    serverCertPem: certificatePem(serverCert),
    serverKeyPem,
    serverFingerprint256: fingerprint256(serverCert),
  };
}

/** Made here and now: a key takes a tenth of a millisecond, the way to another thread and back takes longer. */
export function newKeys(): KeyPair {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' });
  // RFC 5280 4.2.1.2 (1): SHA-1 over the public key's bits
  const id = createHash('sha1').update(publicKey.subarray(-pointBytes)).digest();
  return { privateKey: pair.privateKey, publicKey, id };
}

export function exportKey({ privateKey }: KeyPair): Secret<string> {
  return new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** DER of a certificate for `keys`, signed by `issuer`, with a random serial number. */
export function issue(subject: Subject, keys: KeyPair, issuer: Issuer, validity: Validity): Buffer {
  const serial = randomBytes(serialBytes);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0); // positive, and of the same length always
  const signed = toBeSigned({
    serial,
    subject: subject.name,
    issuer: issuer.name,
    ...validity,
    publicKey: keys.publicKey,
    subjectKeyId: keys.id,
    authorityKeyId: issuer.id,
    isCa: subject.isCa,
    usage: subject.usage,
    dnsNames: subject.dnsNames ?? [],
  });
  return certificateDer(signed, sign('sha256', signed, issuer.privateKey));
}

/** As OpenSSL and Node write it. */
function fingerprint256(der: Buffer): string {
  return (hash('sha256', der, 'hex').toUpperCase().match(/../g) ?? []).join(':');
}
