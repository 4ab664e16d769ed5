/** The certificates of the webhook as a Kubernetes Secret: tls.crt and tls.key are what is shown, as everywhere else. */

import { Secret } from '#base/secret.ts';
import type { CertificateStore, Generation } from './certificate-plan.ts';

/** Of a Secret; values of `data` are base64. */
export interface SecretContent {
  readonly data?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

const trustedAt = 'kata.peerpods.io/next-trusted-at';
const promotedAt = 'kata.peerpods.io/promoted-at';

/** What is missing or malformed becomes empty, which is no certificate, and is replaced as such. */
export function decodeStore({ data = {}, annotations = {} }: SecretContent): CertificateStore {
  const text = (key: string) => Buffer.from(Object.hasOwn(data, key) ? (data[key] ?? '') : '', 'base64').toString();
  const generation = (prefix: string): Generation => ({
    certPem: text(`${prefix}tls.crt`),
    key: new Secret(text(`${prefix}tls.key`)),
    caCertPem: text(`${prefix}ca.crt`),
  });
  const next = generation('next-');
  return {
    current: generation(''),
    next: next.certPem === '' ? undefined : next,
    nextTrustedAtMs: time(annotations[trustedAt]),
    previousCaPem: text('previous-ca.crt') || undefined,
    promotedAtMs: time(annotations[promotedAt]),
  };
}

function time(text: string | undefined): number | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** `before`: what the Secret has besides, which stays. */
export function encodeStore(
  store: CertificateStore,
  before: SecretContent = {},
): { data: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>> } {
  const generation = (prefix: string, { certPem, key, caCertPem }: Generation) => ({
    [`${prefix}tls.crt`]: certPem,
    [`${prefix}tls.key`]: key.reveal(),
    [`${prefix}ca.crt`]: caCertPem,
  });
  const texts = {
    ...generation('', store.current),
    ...(store.next && generation('next-', store.next)),
    ...(store.previousCaPem !== undefined && { 'previous-ca.crt': store.previousCaPem }),
  };
  const { [trustedAt]: _trusted, [promotedAt]: _promoted, ...annotations } = before.annotations ?? {};
  return {
    data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
    annotations: {
      ...annotations,
      ...(store.nextTrustedAtMs !== undefined && { [trustedAt]: new Date(store.nextTrustedAtMs).toISOString() }),
      ...(store.promotedAtMs !== undefined && { [promotedAt]: new Date(store.promotedAtMs).toISOString() }),
    },
  };
}
