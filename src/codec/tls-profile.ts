/** TLS version and cipher suite settings, from the texts people write to what OpenSSL is told. */

import { PeerPodError } from '#base/errors.ts';

export type TlsMinVersion = 'VersionTLS12' | 'VersionTLS13';

export interface TlsProfile {
  readonly minVersion: TlsMinVersion;
  /** IANA names of TLS 1.2 suites, as they are written to apf.json; empty means OpenSSL's choice. */
  readonly cipherSuites: readonly string[];
}

export const defaultTlsProfile: TlsProfile = { minVersion: 'VersionTLS12', cipherSuites: [] };

const tls13Suites: ReadonlySet<string> = new Set([
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
]);

/** Every TLS 1.2 suite that is not known to be broken, IANA name to OpenSSL name. */
const opensslNames: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: 'ECDHE-ECDSA-AES128-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: 'ECDHE-RSA-AES128-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
};

/** `suites` is a list, or one text of names joined by commas; empty texts mean "not set". */
export function parseTlsProfile(minVersion: string | undefined, suites: string | readonly string[] = ''): TlsProfile {
  const version = parseMinVersion(minVersion);
  const parts = typeof suites === 'string' ? suites.split(',') : suites;
  const cipherSuites = parts.map((part) => part.trim()).filter((part) => part !== '');
  for (const suite of cipherSuites) {
    if (!tls13Suites.has(suite) && !Object.hasOwn(opensslNames, suite)) {
      throw new PeerPodError('E_SETTING', `unknown TLS cipher suite ${JSON.stringify(suite)}`);
    }
  }
  if (cipherSuites.length > 0 && version === 'VersionTLS13') {
    throw new PeerPodError('E_SETTING', 'cipher suites cannot be chosen when the minimum version is VersionTLS13');
  }
  return { minVersion: version, cipherSuites };
}

function parseMinVersion(text: string | undefined): TlsMinVersion {
  if (text === undefined || text === '') return defaultTlsProfile.minVersion;
  if (text === 'VersionTLS12' || text === 'VersionTLS13') return text;
  throw new PeerPodError('E_SETTING', `TLS version ${JSON.stringify(text)} is neither VersionTLS12 nor VersionTLS13`);
}

/** The profile in the words of node:tls. */
export function tlsProfileOptions(profile: TlsProfile): {
  minVersion: 'TLSv1.2' | 'TLSv1.3';
  ciphers?: string;
} {
  const minVersion = profile.minVersion === 'VersionTLS13' ? 'TLSv1.3' : 'TLSv1.2';
  const names = profile.cipherSuites.flatMap((suite) => opensslNames[suite] ?? []);
  if (names.length === 0) return { minVersion };
  // TLS 1.3 suites share the list in Node; they are not for choosing, so all of them stay.
  return { minVersion, ciphers: [...tls13Suites, ...names].join(':') };
}
