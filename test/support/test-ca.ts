/** A certificate authority for tests of what an operator's own certificates do; its files are PEM. */

import './reflect-metadata.ts';

import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface PemPair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface LeafOptions {
  /** IP addresses that it also proves. */
  readonly addresses?: readonly string[];
  /** As Kubernetes reads them: the groups of a user. */
  readonly organisations?: readonly string[];
}

export class TestCa {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: x509.X509Certificate;
  #serial = 1;

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: x509.X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  static async create(name: string): Promise<TestCa> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned(
      {
        serialNumber: '01',
        name: `CN=${name}`,
        keys,
        signingAlgorithm: algorithm,
        ...validity(),
        extensions: caExtensions(),
      },
      webcrypto,
    );
    return new TestCa(keys, certificate);
  }

  get certPem(): string {
    return pem(this.#certificate);
  }

  /** A leaf for `name`, fit for both ends of a connection. */
  async issue(name: string, more: LeafOptions = {}): Promise<PemPair> {
    const addresses = (more.addresses ?? []).map((value) => ({ type: 'ip' as const, value }));
    const subject = [...(more.organisations ?? []).map((value) => ({ O: [value] })), { CN: [name] }];
    const keys = await newKeys();
    this.#serial += 1;
    const certificate = await x509.X509CertificateGenerator.create(
      {
        serialNumber: this.#serial.toString(16).padStart(2, '0'),
        subject: new x509.Name(subject).toString(),
        issuer: this.#certificate.subject,
        publicKey: keys.publicKey,
        signingKey: this.#keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity(),
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }, ...addresses]),
        ],
      },
      webcrypto,
    );
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { certPem: pem(certificate), keyPem: `${x509.PemConverter.encode(key, 'PRIVATE KEY').trimEnd()}\n` };
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function validity() {
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
}

function caExtensions(): x509.Extension[] {
  const usages = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  return [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(usages, true)];
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem').trimEnd()}\n`;
}
