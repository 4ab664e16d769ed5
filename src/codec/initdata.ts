/** Initdata: the TOML that a pod owner gives and that hardware evidence is bound to, as base64(gzip(TOML)). */

import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'smol-toml';
import { PeerPodError } from '#base/errors.ts';

export interface Initdata {
  readonly algorithm: 'sha256' | 'sha384' | 'sha512';
  readonly version: string;
  readonly data: ReadonlyMap<string, string>;
  /** Lower-case hex of the hash over the TOML bytes as delivered. */
  readonly digest: string;
}

/** Bound for what a small gzip may unfold to. */
const tomlBytesMax = 4 * 1024 * 1024;

/** What stands in when a pod has none, so that the attestation agent starts. */
export const dummyInitdataToml = 'algorithm = "sha256"\nversion = "0.1.0"\n\n[data]\n"aa.toml" = \'\'\'\n\'\'\'\n';

/** The TOML bytes stay as they are: the digest covers them. */
export function encodeInitdata(toml: string): string {
  return gzipSync(Buffer.from(toml, 'utf8')).toString('base64');
}

export function decodeInitdata(encoded: string): Initdata {
  const compact = encoded.replace(/\s+/g, '');
  if (compact === '' || compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    throw new PeerPodError('E_INITDATA', 'initdata is not base64');
  }
  let toml: Buffer;
  try {
    toml = gunzipSync(Buffer.from(compact, 'base64'), { maxOutputLength: tomlBytesMax });
  } catch (error) {
    throw new PeerPodError('E_INITDATA', 'initdata is not gzip, or unfolds to too much', { cause: error });
  }
  return parseInitdataToml(toml);
}

export function parseInitdataToml(toml: Uint8Array): Initdata {
  let root: Readonly<Record<string, unknown>>;
  try {
    root = parse(new TextDecoder('utf-8', { fatal: true }).decode(toml));
  } catch {
    throw new PeerPodError('E_INITDATA', 'initdata is not TOML'); // the parser's message would quote the document
  }
  const { algorithm, version, data } = root;
  if (algorithm !== 'sha256' && algorithm !== 'sha384' && algorithm !== 'sha512') {
    throw new PeerPodError('E_INITDATA', 'the initdata algorithm is not sha256, sha384 or sha512');
  }
  if (typeof version !== 'string') throw new PeerPodError('E_INITDATA', 'initdata has no version');
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new PeerPodError('E_INITDATA', 'initdata has no data table');
  }
  const files = new Map<string, string>();
  for (const [name, content] of Object.entries(data)) {
    if (typeof content !== 'string') throw new PeerPodError('E_INITDATA', 'initdata holds a value that is not a text');
    files.set(name, content);
  }
  return { algorithm, version, data: files, digest: createHash(algorithm).update(toml).digest('hex') };
}
