/** A certificate by which a server in the cluster shows who it is, and the CA that signed this one and nothing else. */

import { X509Certificate } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { Secret } from '#base/secret.ts';
import { certificatePem } from '#codec/certificate.ts';
import { exportKey, issue, newKeys } from './certificate-authority.ts';

export interface ServingCertificate {
  readonly certPem: string;
  readonly key: Secret<string>;
  /** Whom callers must trust. Its key is gone: nothing more can be signed with it. */
  readonly caCertPem: string;
}

/** The API server's clock may be behind ours. */
const backdateMs = 5 * 60 * 1000;

/** Valid from five minutes ago for `validityMs` from now, for servers of any of `dnsNames`. */
export function issueServingCertificate(options: {
  readonly dnsNames: readonly string[];
  readonly validityMs: number;
  readonly clock: Clock;
}): ServingCertificate {
  const { dnsNames, validityMs, clock } = options;
  const [ca, leaf] = [newKeys(), newKeys()];
  const nowMs = clock.wallNow();
  const validity = { notBefore: new Date(nowMs - backdateMs), notAfter: new Date(nowMs + validityMs) };
  // Two generations are trusted side by side: a name of its own for each, so that neither is taken for the other.
  const name = { commonName: `peerpods-webhook-ca@${Math.floor(nowMs / 1000)}` };
  const issuer = { ...ca, name };
  const leafName = { commonName: 'peerpods-webhook' };
  const caCert = issue({ name, usage: 'serverAuth', isCa: true }, ca, issuer, validity);
  const cert = issue({ name: leafName, usage: 'serverAuth', isCa: false, dnsNames }, leaf, issuer, validity);
  return { certPem: certificatePem(cert), key: exportKey(leaf), caCertPem: certificatePem(caCert) };
}

/** When it ends, in milliseconds since 1970. Throws for what is no certificate. */
export function certificateEndMs(certPem: string): number {
  return Date.parse(new X509Certificate(certPem).validTo);
}
