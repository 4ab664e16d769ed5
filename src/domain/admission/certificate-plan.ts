/**
 * The webhook's own certificates, decided from what is stored, whom the API server trusts, and the time. A generation
 * is a CA and the one certificate it signed. A new one is trusted before it is shown, and the old one is trusted until
 * nobody can show it any more, so that no call fails.
 */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { assert } from '#base/assert.ts';
import type { Secret } from '#base/secret.ts';

export interface Generation {
  readonly certPem: string;
  readonly key: Secret<string>;
  readonly caCertPem: string;
}

/** What all replicas share. */
export interface CertificateStore {
  /** Shown to callers. */
  readonly current: Generation;
  /** Trusted first, shown later. */
  readonly next: Generation | undefined;
  /** When every configuration was seen to trust `next`. */
  readonly nextTrustedAtMs: number | undefined;
  /** Of the generation before: a replica may still show its certificate. */
  readonly previousCaPem: string | undefined;
  /** When `current` became so; undefined for the first. */
  readonly promotedAtMs: number | undefined;
}

export interface CertificatePolicy {
  /** Each must be in the certificate. */
  readonly dnsNames: readonly string[];
  readonly validityMs: number;
  /** Between trusting and showing, and between no more showing and no more trusting. Longer than replicas take to look. */
  readonly overlapMs: number;
}

export interface CertificateFacts {
  /** undefined: there is none. */
  readonly store: CertificateStore | undefined;
  /** The caBundle of each webhook in the configuration; undefined: there is no configuration. */
  readonly bundles: readonly string[] | undefined;
  readonly nowMs: number;
}

/** Those but `trust` change the store; all but `create` replace the very state that was looked at. */
export type CertificateAction =
  /** Nothing is stored: store a first generation. */
  | { readonly do: 'create' }
  /** The current one is useless: a new one takes its place at once. */
  | { readonly do: 'replace'; readonly why: string; readonly keepCaPem: string | undefined }
  | { readonly do: 'stage' }
  | { readonly do: 'note-trusted' }
  | { readonly do: 'promote' }
  | { readonly do: 'retire' }
  | { readonly do: 'trust'; readonly bundle: string };

/** In order; after each the facts have to be looked at again. None: there is nothing to do. */
export function planCertificates(facts: CertificateFacts, policy: CertificatePolicy): readonly CertificateAction[] {
  const { store, bundles, nowMs } = facts;
  if (store === undefined) return [{ do: 'create' }];
  const { current, next, nextTrustedAtMs, previousCaPem, promotedAtMs } = store;
  const fault = generationFault(current, policy.dnsNames, nowMs);
  if (fault !== undefined) {
    if (next !== undefined && generationFault(next, policy.dnsNames, nowMs) === undefined) return [{ do: 'promote' }];
    const keepCaPem = isCertificate(current.caCertPem) ? current.caCertPem : undefined;
    return [{ do: 'replace', why: fault, keepCaPem }];
  }
  const bundle = bundleOf([current.caCertPem, next?.caCertPem, previousCaPem]);
  const trusts = bundles?.every((one) => isSameBundle(one, bundle)) ?? false;
  if (bundles !== undefined && !trusts) return [{ do: 'trust', bundle }];
  if (next === undefined || generationFault(next, policy.dnsNames, nowMs) !== undefined) {
    if (nowMs >= renewalMs(current, policy)) return [{ do: 'stage' }];
    return next === undefined ? retirement(previousCaPem, promotedAtMs, facts, policy) : [{ do: 'stage' }];
  }
  // Trusted, that is, or nobody calls, for lack of a configuration.
  if (nextTrustedAtMs === undefined) return [{ do: 'note-trusted' }];
  return nowMs - nextTrustedAtMs >= policy.overlapMs ? [{ do: 'promote' }] : [];
}

/** The store after an action that changes it; `fresh` is a generation made for it, where one is needed. */
export function storeAfter(
  store: CertificateStore | undefined,
  action: Exclude<CertificateAction, { do: 'trust' }>,
  fresh: () => Generation,
  nowMs: number,
): CertificateStore {
  const none = { next: undefined, nextTrustedAtMs: undefined, previousCaPem: undefined, promotedAtMs: undefined };
  if (store === undefined || action.do === 'create') return { ...none, current: fresh() };
  switch (action.do) {
    case 'replace':
      return { ...none, current: fresh(), previousCaPem: action.keepCaPem, promotedAtMs: nowMs };
    case 'stage':
      return { ...store, next: fresh(), nextTrustedAtMs: undefined };
    case 'note-trusted':
      return { ...store, nextTrustedAtMs: nowMs };
    case 'promote': {
      const { current, next } = store;
      assert(next !== undefined, 'there is a next generation to promote');
      return { ...none, current: next, previousCaPem: current.caCertPem, promotedAtMs: nowMs };
    }
    case 'retire':
      return { ...store, previousCaPem: undefined, promotedAtMs: undefined };
  }
}

export function needsFresh({ do: what }: CertificateAction): boolean {
  return what === 'create' || what === 'replace' || what === 'stage';
}

function retirement(
  previousCaPem: string | undefined,
  promotedAtMs: number | undefined,
  { nowMs }: CertificateFacts,
  { overlapMs }: CertificatePolicy,
): readonly CertificateAction[] {
  const isOver = promotedAtMs === undefined || nowMs - promotedAtMs >= overlapMs;
  return previousCaPem !== undefined && isOver ? [{ do: 'retire' }] : [];
}

/** With a third of its time left there is time for people to mend what hinders. */
export function renewalMs({ certPem }: Generation, { validityMs }: CertificatePolicy): number {
  return Date.parse(new X509Certificate(certPem).validTo) - validityMs / 3;
}

/** What is wrong with it, in words; undefined when it can be shown. */
export function generationFault(
  { certPem, key, caCertPem }: Generation,
  dnsNames: readonly string[],
  nowMs: number,
): string | undefined {
  try {
    const [leaf, ca] = [new X509Certificate(certPem), new X509Certificate(caCertPem)];
    if (!leaf.checkPrivateKey(createPrivateKey(key.reveal()))) return 'the key is not that of the certificate';
    if (!leaf.checkIssued(ca) || !leaf.verify(ca.publicKey)) return 'the certificate is not signed by its CA';
    if (Math.min(Date.parse(leaf.validTo), Date.parse(ca.validTo)) <= nowMs) return `it ended at ${leaf.validTo}`;
    const missing = dnsNames.find((name) => leaf.checkHost(name, { subject: 'never' }) === undefined);
    return missing === undefined ? undefined : `it is not for ${missing}`;
  } catch {
    return 'it can not be read';
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

function bundleOf(pems: readonly (string | undefined)[]): string {
  return [...new Set(pems.filter((pem) => pem !== undefined).map((pem) => `${pem.trim()}\n`))].join('');
}

/** Blank lines and order mean nothing. */
function isSameBundle(one: string, other: string): boolean {
  const certificates = (pem: string) =>
    (pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? []).map(squeezed);
  const [left, right] = [new Set(certificates(one)), new Set(certificates(other))];
  return left.size === right.size && left.isSubsetOf(right);
}

const squeezed = (text: string) => text.replaceAll(/\s/g, '');
