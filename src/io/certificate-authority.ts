/** Issues everything one pod VM and its relay need to trust each other, and nobody else: fresh for each pod. */

import './reflect-metadata.ts';

import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
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

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** The VM's clock may be behind the worker's. */
const backdateMs = 5 * 60 * 1000;
const validityMs = 2 * 365 * 24 * 60 * 60 * 1000;
const serverOrganisation = 'agent-protocol-forwarder';
const clientOrganisation = 'cloud-api-adaptor';

type Usage = 'serverAuth' | 'clientAuth';

interface Subject {
  readonly name: x509.JsonName;
  readonly usage: Usage;
  readonly isCa: boolean;
  readonly dnsName?: string;
}

interface Issuer {
  readonly name: x509.JsonName;
  readonly key: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
}

export async function issuePodIdentity(options: {
  readonly serverName: string;
  readonly clock: Clock;
}): Promise<PodIdentity> {
  const { serverName, clock } = options;
  const [caKeys, clientKeys, serverKeys] = await Promise.all([newKeys(), newKeys(), newKeys()]);
  const now = clock.wallNow();
  const validity = { notBefore: new Date(now - backdateMs), notAfter: new Date(now - backdateMs + validityMs) };
  const caName: x509.JsonName = [{ O: [serverOrganisation] }];
  const clientName: x509.JsonName = [{ O: [clientOrganisation] }];
  const ca: Issuer = { name: caName, key: caKeys.privateKey, publicKey: caKeys.publicKey };
  const client: Issuer = { name: clientName, key: clientKeys.privateKey, publicKey: clientKeys.publicKey };
  const serverSubject: Subject = {
    name: [{ O: [serverOrganisation] }, { CN: [serverName] }],
    usage: 'serverAuth',
    isCa: false,
    dnsName: serverName,
  };
  const [caCertPem, clientCertPem, serverCertPem, clientKeyPem, serverKeyPem] = await Promise.all([
    issue({ name: caName, usage: 'serverAuth', isCa: true }, caKeys.publicKey, ca, validity),
    issue({ name: clientName, usage: 'clientAuth', isCa: false }, clientKeys.publicKey, client, validity),
    issue(serverSubject, serverKeys.publicKey, ca, validity),
    exportKey(clientKeys.privateKey),
    exportKey(serverKeys.privateKey),
  ]);
  return {
    caCertPem,
    clientCertPem,
    clientKeyPem,
    serverCertPem,
    serverKeyPem,
    serverFingerprint256: new X509Certificate(serverCertPem).fingerprint256,
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<Secret<string>> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return new Secret(x509.PemConverter.encode(der, 'PRIVATE KEY').trimEnd().concat('\n'));
}

async function issue(
  subject: Subject,
  publicKey: webcrypto.CryptoKey,
  issuer: Issuer,
  validity: { readonly notBefore: Date; readonly notAfter: Date },
): Promise<string> {
  const extendedUsage =
    subject.usage === 'serverAuth' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const extensions: x509.Extension[] = [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign, true),
    new x509.ExtendedKeyUsageExtension([extendedUsage]),
    new x509.BasicConstraintsExtension(subject.isCa, undefined, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
  ];
  if (subject.dnsName !== undefined) {
    extensions.push(new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: subject.dnsName }]));
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
      publicKey,
      signingKey: issuer.key,
      extensions,
    },
    webcrypto,
  );
  return certificate.toString('pem').trimEnd().concat('\n');
}
