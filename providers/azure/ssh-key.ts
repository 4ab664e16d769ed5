/** The public key that Azure demands of every Linux VM without a password. */

import { generateKeyPair } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import { ProviderError } from '@peerpods/provider';

const fileBytesMax = 64 * 1024;

/** From the file, or one whose private half is forgotten at once: then nobody can log in. */
export async function sshPublicKey(path: string | undefined): Promise<string> {
  return path === undefined ? await keyOfNobody() : await keyOfFile(expandHome(path));
}

async function keyOfFile(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => refuse(`-ssh-key-path: ${path} can not be read`, cause));
  if (!found.isFile() || found.size > fileBytesMax) refuse(`-ssh-key-path: ${path} is no key file`);
  if ((found.mode & 0o777) !== 0o600) refuse(`-ssh-key-path: ${path} must have mode 0600`);
  const text = (await readFile(path, 'utf8')).trim();
  if (!isPublicKey(text)) refuse(`-ssh-key-path: ${path} holds no public key in OpenSSH form`);
  return text;
}

/** `TYPE BASE64 [COMMENT]`, where the base64 begins with the type once more. */
function isPublicKey(text: string): boolean {
  const [, type = '', base64 = ''] = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})( [^\n]*)?$/.exec(text) ?? [];
  const blob = Buffer.from(base64, 'base64');
  return type !== '' && blob.length > 4 + type.length && blob.subarray(4, 4 + type.length).toString() === type;
}

async function keyOfNobody(): Promise<string> {
  const { publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const parts = [Buffer.from('ssh-rsa'), integer(e), integer(n)].map((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return Buffer.concat([length, part]);
  });
  return `ssh-rsa ${Buffer.concat(parts).toString('base64')}`;
}

/** RFC 4251: a zero byte in front of a number whose highest bit is set, or it would be negative. */
function integer(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

function expandHome(path: string): string {
  const expanded = path.replace(/^(~|\$HOME|\$\{HOME\})(?=\/|$)/, homedir());
  if (expanded.includes('$')) refuse(`-ssh-key-path: of variables only $HOME is expanded, not those in ${path}`);
  return expanded;
}

function refuse(message: string, cause?: unknown): never {
  throw new ProviderError('invalid-configuration', message, { cause });
}
