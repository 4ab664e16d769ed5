/** The cloud-config document that carries files into a pod VM: exact writer, strict reader. */

import { parseDocument } from 'yaml';
import { PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';

export interface UserDataFile {
  readonly path: string;
  readonly content: Secret<string>;
}

/** A reader's bound: far above every provider's limit, far below what could exhaust a VM. */
const documentCharactersMax = 1024 * 1024;

/** Writes the document; throws when a file could not be read back as given. */
export function encodeUserData(files: readonly UserDataFile[]): Secret<string> {
  const lines = ['#cloud-config'];
  if (files.length > 0) lines.push('', 'write_files:');
  for (const { path, content } of files) {
    if (!/^\/[\w./-]+$/.test(path)) {
      throw new PeerPodError('E_USER_DATA', `path ${JSON.stringify(path)} cannot stand unquoted`);
    }
    lines.push(`  - path: ${path}`);
    const text = content.reveal().replace(/\n$/, '');
    if (text === '') continue;
    if (!literalSafe(text)) {
      throw new PeerPodError('E_USER_DATA', `the content for ${path} cannot be carried by a literal block`);
    }
    lines.push('    content: |', ...text.split('\n').map((line) => `      ${line}`));
  }
  return new Secret(`${lines.join('\n')}\n`);
}

/** A literal block takes its indentation from the first line, and drops trailing empty ones. */
function literalSafe(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what YAML forbids
  return !/^[ \t\n]/.test(text) && !text.endsWith('\n') && !/[\0-\x08\x0b-\x1f\x7f\u0085\u2028\u2029\ufeff]/.test(text);
}

/** Refuses a document of more than `bytesMax` bytes; `encoding` is how the provider's limit counts. */
export function assertUserDataFits(document: Secret<string>, bytesMax: number, encoding: 'plain' | 'base64'): void {
  const plain = Buffer.byteLength(document.reveal());
  const bytes = encoding === 'plain' ? plain : Math.ceil(plain / 3) * 4;
  if (bytes > bytesMax) {
    throw new PeerPodError('E_USER_DATA_TOO_LARGE', `user data of ${bytes} bytes exceeds the limit of ${bytesMax}`);
  }
}

/** Only write_files with path and content may appear; anything else is an error that names its place. */
export function parseUserData(text: string): readonly UserDataFile[] {
  if (text.length > documentCharactersMax) {
    throw new PeerPodError('E_USER_DATA_TOO_LARGE', `user data of ${text.length} characters`);
  }
  const document = parseDocument(text, { version: '1.2', schema: 'failsafe', uniqueKeys: true, logLevel: 'error' });
  const [fault] = document.errors;
  // The library's messages quote the document, which holds keys; its code does not.
  if (fault) throw new PeerPodError('E_USER_DATA', `user data is not YAML: ${fault.code} at offset ${fault.pos[0]}`);
  const root: unknown = toPlain(document);
  if (root === null || root === '') return [];
  const fields = mapping(root, 'the document', ['write_files']);
  const list = fields.write_files ?? [];
  if (list === '') return [];
  if (!Array.isArray(list)) throw new PeerPodError('E_USER_DATA', 'write_files is not a list');
  return list.map((entry: unknown, index) => {
    const where = `write_files[${index}]`;
    const { path, content = '' } = mapping(entry, where, ['path', 'content']);
    if (typeof path !== 'string' || path === '') throw new PeerPodError('E_USER_DATA', `${where} has no path`);
    if (typeof content !== 'string') throw new PeerPodError('E_USER_DATA', `${where}.content is not a text`);
    return { path, content: new Secret(content) };
  });
}

/** Aliases are refused: a few of them can stand for gigabytes. */
function toPlain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new PeerPodError('E_USER_DATA', 'user data uses YAML aliases');
  }
}

function mapping(value: unknown, where: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PeerPodError('E_USER_DATA', `${where} is not a mapping`);
  }
  const stranger = Object.keys(value).find((key) => !keys.includes(key));
  if (stranger !== undefined) throw new PeerPodError('E_USER_DATA', `${where} holds a key that is not allowed`);
  return value as Readonly<Record<string, unknown>>;
}
