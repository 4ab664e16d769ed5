/** Issues everything one pod VM and its relay need to trust each other, and nobody else: fresh for each pod. */

import './reflect-metadata.ts';

import { createHash, generateKeyPairSync, KeyObject, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Clock } from '#base/clock.ts';
import { Secret } from '#base/secret.ts';

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
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** The VM's clock may be behind the worker's, and the worker's may jump back: by a time zone at most. */
const backdateMs = 26 * 60 * 60 * 1000;
const validityMs = 2 * 365 * 24 * 60 * 60 * 1000;
const serverOrganisation = 'agent-protocol-forwarder';
const clientOrganisation = 'cloud-api-adaptor';

type Usage = 'serverAuth' | 'clientAuth';

/** The library parses what it has just written, each time: what is always the same is made once. */
const keyUsages = new x509.KeyUsagesExtension(
  x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign,
  true,
);
const extendedUsages: Readonly<Record<Usage, x509.Extension>> = {
  serverAuth: new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
  clientAuth: new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
};
const isCa = new x509.BasicConstraintsExtension(true, undefined, true);
const isLeaf = new x509.BasicConstraintsExtension(false, undefined, true);

export interface Subject {
  readonly name: x509.JsonName;
  readonly usage: Usage;
  readonly isCa: boolean;
  readonly dnsNames?: readonly string[];
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface KeyPair {
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
  /** Extensions that name it: in its own certificate, and in those that it signs. */
  readonly subjectKeyId: x509.Extension;
  readonly authorityKeyId: x509.Extension;
}

export interface Issuer extends KeyPair {
  readonly name: x509.JsonName;
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

export async function issuePodIdentity(options: {
  readonly serverName: string;
  readonly clock: Clock;
}): Promise<PodIdentity> {
  return await finishIdentity(await prepareIdentity(options.clock), options.serverName);
}

/** The larger part of the work, ahead of time. Each result is for one pod VM only. */
export async function prepareIdentity(clock: Clock): Promise<PreparedIdentity> {
  const [caKeys, clientKeys, server] = [newKeys(), newKeys(), newKeys()];
  const preparedAtMs = clock.wallNow();
  const from = preparedAtMs - backdateMs;
  const validity = { notBefore: new Date(from), notAfter: new Date(from + validityMs) };
  const ca: Issuer = { ...caKeys, name: [{ O: [serverOrganisation] }] };
  const client: Issuer = { ...clientKeys, name: [{ O: [clientOrganisation] }] };
  const [caCertPem, clientCertPem] = await Promise.all([
    issue({ name: ca.name, usage: 'serverAuth', isCa: true }, ca, ca, validity),
    issue({ name: client.name, usage: 'clientAuth', isCa: false }, client, client, validity),
  ]);
  const [clientKeyPem, serverKeyPem] = [exportKey(clientKeys), exportKey(server)];
  return { preparedAtMs, validity, ca, caCertPem, clientCertPem, clientKeyPem, server, serverKeyPem };
}

/** `serverName`: what the relay will check. */
export async function finishIdentity(prepared: PreparedIdentity, serverName: string): Promise<PodIdentity> {
  const { ca, caCertPem, clientCertPem, clientKeyPem, server, serverKeyPem, validity } = prepared;
  const subject: Subject = {
    name: [{ O: [serverOrganisation] }, { CN: [serverName] }],
    usage: 'serverAuth',
    isCa: false,
    dnsNames: [serverName],
  };
  const serverCertPem = await issue(subject, server, ca, validity);
  const { fingerprint256 } = new X509Certificate(serverCertPem);
  return { caCertPem, clientCertPem, clientKeyPem, serverCertPem, serverKeyPem, serverFingerprint256: fingerprint256 };
}

/** Made here and now: a key takes a tenth of a millisecond, the way to another thread and back takes longer. */
export function newKeys(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: keyAlgorithm.namedCurve });
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-pointBytes);
  // RFC 5280 4.2.1.2 (1): SHA-1 over the public key's bits
  const id = createHash('sha1').update(point).digest('hex');
  return {
    privateKey: privateKey.toCryptoKey(keyAlgorithm, true, ['sign']),
    publicKey: publicKey.toCryptoKey(keyAlgorithm, true, ['verify']),
    subjectKeyId: new x509.SubjectKeyIdentifierExtension(id),
    authorityKeyId: new x509.AuthorityKeyIdentifierExtension(id),
  };
}

export function exportKey({ privateKey }: KeyPair): Secret<string> {
  return new Secret(KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString());
}

export async function issue(subject: Subject, keys: KeyPair, issuer: Issuer, validity: Validity): Promise<string> {
  const extensions: x509.Extension[] = [
    keyUsages,
    extendedUsages[subject.usage],
    subject.isCa ? isCa : isLeaf,
    keys.subjectKeyId,
    issuer.authorityKeyId,
  ];
  if (subject.dnsNames !== undefined) {
    const names = subject.dnsNames.map((value) => ({ type: 'dns', value }) as const);
    extensions.push(new x509.SubjectAlternativeNameExtension(names));
  }
  const serial = randomBytes(16);
  serial.writeUInt8(serial.readUInt8(0) & 0x7f, 0); // a serial is positive
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial.toString('hex'),
      subject: new x509.Name(subject.name).toString(),
      issuer: new x509.Name(issuer.name).toString(),
      ...validity,
      signingAlgorithm,
      publicKey: keys.publicKey,
      signingKey: issuer.privateKey,
      extensions,
    },
    webcrypto,
  );
  return certificate.toString('pem').trimEnd().concat('\n');
}
