/** The kata-agent that an image gets: a file or a URL with its checksum, or none, and then the development agent. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AgentSource {
  readonly origin: string;
  readonly sha256: string;
  readonly content: Buffer;
}

const bytesMax = 200 * 1024 * 1024;
const downloadMs = 300_000;

/** Without `sha256` a file is taken as it is; a URL is not. */
export async function loadAgent(
  origin: string,
  sha256: string | undefined,
  cache: string,
): Promise<AgentSource | undefined> {
  if (origin === '') return undefined;
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`AGENT_SHA256=${sha256} is no SHA-256`);
  const remote = /^https?:\/\//.test(origin);
  if (remote && sha256 === undefined) throw new Error(`AGENT=${origin} needs AGENT_SHA256=`);
  const content = remote && sha256 !== undefined ? await download(origin, sha256, cache) : readFileSync(origin);
  const digest = digestOf(content);
  if (sha256 !== undefined && digest !== sha256) throw new Error(`${origin} has the SHA-256 ${digest}, not ${sha256}`);
  if (content.readUInt32BE(0) !== 0x7f454c46) throw new Error(`${origin} is no ELF program`);
  return { origin, sha256: digest, content };
}

async function download(url: string, sha256: string, cache: string): Promise<Buffer> {
  const place = join(cache, 'agents', sha256);
  if (existsSync(place)) return readFileSync(place);
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > bytesMax) throw new Error(`${url} sends more than ${bytesMax} bytes`);
    parts.push(part);
  }
  const content = Buffer.concat(parts);
  if (digestOf(content) === sha256) {
    mkdirSync(join(cache, 'agents'), { recursive: true });
    writeFileSync(place, content);
  }
  return content;
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
