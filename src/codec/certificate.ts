/** The DER of an X.509 certificate of the kind that is issued here: P-256 keys, ECDSA with SHA-256 (RFC 5280, RFC 5758). */

import * as asn1 from 'asn1js';
import { assert } from '#base/assert.ts';

/** Object identifiers of RFC 5280, 4.2 and appendix A, and of RFC 5758, 3.2. */
const oid = {
  organisation: '2.5.4.10',
  commonName: '2.5.4.3',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

export interface DistinguishedName {
  readonly organisation?: string;
  readonly commonName?: string;
}

export interface CertificateFields {
  /** Positive, at most 20 bytes, big endian (RFC 5280, 4.1.2.2). */
  readonly serial: Uint8Array;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Counted in whole seconds. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER of a SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly subjectKeyId: Uint8Array;
  readonly authorityKeyId: Uint8Array;
  readonly isCa: boolean;
  readonly usage: 'serverAuth' | 'clientAuth';
  /** ASCII; none: no subjectAltName. */
  readonly dnsNames: readonly string[];
}

/** From here on a date has four digits for its year, and a type of its own (RFC 5280, 4.1.2.5). */
const generalizedTimeFromYear = 2050;
/** digitalSignature and keyCertSign: bits 0 and 5 of RFC 5280, 4.2.1.3. */
const keyUsageBits = { valueHex: Uint8Array.of(0b1000_0100), unusedBits: 2 };

/** What the issuer signs: the DER of a TBSCertificate. `certificateDer` joins it and the signature. */
export function toBeSigned(fields: CertificateFields): Buffer {
  const certificate = sequence(
    tagged(0, new asn1.Integer({ value: 2 })), // version 3
    new asn1.Integer({ valueHex: fields.serial }),
    signatureAlgorithm(),
    encodeName(fields.issuer),
    sequence(encodeTime(fields.notBefore), encodeTime(fields.notAfter)),
    encodeName(fields.subject),
    asn1.fromBER(fields.publicKey).result,
    tagged(3, sequence(...encodeExtensions(fields))),
  );
  return Buffer.from(certificate.toBER());
}

/** `signature`: DER of an ECDSA-Sig-Value over `signed`. */
export function certificateDer(signed: Buffer, signature: Uint8Array): Buffer {
  const rest = [signatureAlgorithm(), new asn1.BitString({ valueHex: signature })].map((part) => part.toBER());
  const parts = [signed, ...rest.map((bytes) => Buffer.from(bytes))];
  const length = parts.reduce((sum, { length }) => sum + length, 0);
  // The library does not take what is encoded already: the outermost SEQUENCE, whose length has two bytes, is written here
  assert(length > 0xff && length <= 0xffff, 'a certificate has more than 255 bytes and less than 64 KiB');
  return Buffer.concat([Buffer.of(0x30, 0x82, length >> 8, length & 0xff), ...parts]);
}

/** PEM of RFC 7468, with a line break at its end. */
export function certificatePem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function encodeExtensions(fields: CertificateFields): asn1.Sequence[] {
  const extensions = [
    critical(oid.keyUsage, new asn1.BitString(keyUsageBits)),
    extension(oid.extendedKeyUsage, sequence(objectId(oid[fields.usage]))),
    // `false` is what its absence means, and DER leaves out what its absence means
    critical(oid.basicConstraints, sequence(...(fields.isCa ? [new asn1.Boolean({ value: true })] : []))),
    extension(oid.subjectKeyId, new asn1.OctetString({ valueHex: fields.subjectKeyId })),
    extension(oid.authorityKeyId, sequence(implicit(0, fields.authorityKeyId))),
  ];
  if (fields.dnsNames.length > 0) {
    const names = fields.dnsNames.map((name) => implicit(2, Buffer.from(name, 'ascii')));
    extensions.push(extension(oid.subjectAltName, sequence(...names)));
  }
  return extensions;
}

const extension = (id: string, value: asn1.AsnType) =>
  sequence(objectId(id), new asn1.OctetString({ valueHex: value.toBER() }));
const critical = (id: string, value: asn1.AsnType) =>
  sequence(objectId(id), new asn1.Boolean({ value: true }), new asn1.OctetString({ valueHex: value.toBER() }));

function encodeName({ organisation, commonName }: DistinguishedName): asn1.Sequence {
  const attribute = (type: string, value: string | undefined) =>
    value === undefined ? [] : [new asn1.Set({ value: [sequence(objectId(type), new asn1.Utf8String({ value }))] })];
  return sequence(...attribute(oid.organisation, organisation), ...attribute(oid.commonName, commonName));
}

function encodeTime(at: Date): asn1.AsnType {
  const valueDate = new Date(Math.trunc(at.getTime() / 1000) * 1000);
  if (at.getUTCFullYear() < generalizedTimeFromYear) return new asn1.UTCTime({ valueDate });
  return new asn1.GeneralizedTime({ valueDate });
}

const signatureAlgorithm = () => sequence(objectId(oid.ecdsaWithSha256));
const sequence = (...value: asn1.AsnType[]) => new asn1.Sequence({ value });
const objectId = (value: string) => new asn1.ObjectIdentifier({ value });
/** EXPLICIT, of the context-specific class. */
const tagged = (tagNumber: number, value: asn1.AsnType) =>
  new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [value] });
/** IMPLICIT bytes, of the context-specific class. */
const implicit = (tagNumber: number, valueHex: Uint8Array) =>
  new asn1.Primitive({ idBlock: { tagClass: 3, tagNumber }, valueHex });
