import '../../test/support/reflect-metadata.ts';

import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import fc from 'fast-check';
import { type CertificateFields, certificateDer, certificatePem, toBeSigned } from './certificate.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' });
const keyId = createHash('sha1').update(publicKey.subarray(-65)).digest();

const common: CertificateFields = {
  serial: Buffer.from('4c633fdcd1cbe85478512d9f07161819', 'hex'),
  subject: { organisation: 'forwarder', commonName: 'podvm-a-12345678' },
  issuer: { organisation: 'forwarder' },
  notBefore: new Date('2026-11-24T11:24:27.800Z'),
  notAfter: new Date('2028-11-23T11:24:27Z'),
  publicKey,
  subjectKeyId: keyId,
  authorityKeyId: Buffer.alloc(20, 7),
  isCa: false,
  usage: 'serverAuth',
  dnsNames: ['podvm-a-12345678'],
};

function certificate(more: Partial<CertificateFields> = {}): Buffer {
  const signed = toBeSigned({ ...common, ...more });
  return certificateDer(signed, sign('sha256', signed, keys.privateKey));
}

test('OpenSSL reads every field, and the signature is good', () => {
  const read = new X509Certificate(certificate());
  assert.equal(read.serialNumber, '4C633FDCD1CBE85478512D9F07161819');
  assert.equal(read.subject, 'O=forwarder\nCN=podvm-a-12345678');
  assert.equal(read.issuer, 'O=forwarder');
  assert.equal(read.validFromDate.toISOString(), '2026-11-24T11:24:27.000Z');
  assert.equal(read.validToDate.toISOString(), '2028-11-23T11:24:27.000Z');
  assert.equal(read.subjectAltName, 'DNS:podvm-a-12345678');
  assert.deepEqual(read.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(read.ca, false);
  assert.ok(read.publicKey.equals(keys.publicKey));
  assert.ok(read.verify(keys.publicKey));
});

test('another library reads the extensions as they were meant', () => {
  for (const [isCa, usage] of [
    [true, 'serverAuth'],
    [false, 'clientAuth'],
  ] as const) {
    const read = new x509.X509Certificate(certificate({ isCa, usage, dnsNames: [] }));
    const critical = [...read.extensions].filter((extension) => extension.critical).map(({ type }) => type);
    assert.deepEqual(critical, ['2.5.29.15', '2.5.29.19']);
    const flags = x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign;
    assert.equal(read.getExtension(x509.KeyUsagesExtension)?.usages, flags);
    assert.deepEqual(
      [...(read.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [])],
      [x509.ExtendedKeyUsage[usage]],
    );
    assert.equal(read.getExtension(x509.BasicConstraintsExtension)?.ca, isCa);
    assert.equal(read.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId, keyId.toString('hex'));
    assert.equal(read.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId, '07'.repeat(20));
    assert.equal(read.getExtension(x509.SubjectAlternativeNameExtension), null);
  }
});

test('a date from 2050 on keeps its century', () => {
  const read = new X509Certificate(
    certificate({ notBefore: new Date('2049-12-31T23:59:59Z'), notAfter: new Date('2050-01-01T00:00:00Z') }),
  );
  assert.equal(read.validFromDate.toISOString(), '2049-12-31T23:59:59.000Z');
  assert.equal(read.validToDate.toISOString(), '2050-01-01T00:00:00.000Z');
});

test('serials, names and dates come back as they were, whatever they are', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
  const seconds = fc.integer({ min: 0, max: 7_258_118_400 }); // to the year 2200
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 15, maxLength: 15 }),
      fc.array(label, { minLength: 1, maxLength: 4 }),
      seconds,
      (tail, dnsNames, from) => {
        const [notBefore, notAfter] = [new Date(from * 1000), new Date((from + 60) * 1000)];
        const serial = Buffer.from([0x40, ...tail]);
        const [commonName = ''] = dnsNames;
        const read = new X509Certificate(
          certificate({ serial, subject: { commonName }, dnsNames, notBefore, notAfter }),
        );
        assert.equal(read.serialNumber, serial.toString('hex').toUpperCase());
        assert.equal(read.subject, `CN=${commonName}`);
        assert.equal(read.subjectAltName, dnsNames.map((name) => `DNS:${name}`).join(', '));
        assert.equal(read.validFromDate.getTime(), notBefore.getTime());
        assert.equal(read.validToDate.getTime(), notAfter.getTime());
        assert.ok(read.verify(keys.publicKey));
      },
    ),
    { numRuns: 200 },
  );
});

test('PEM is the DER again', () => {
  const der = certificate();
  const pem = certificatePem(der);
  assert.equal(pem, new X509Certificate(der).toString());
});
