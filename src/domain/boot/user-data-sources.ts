/** Where a pod VM finds its user data: the first match of the table in docs/pod-vm.md decides. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PeerPodError, systemErrorCode } from '#base/errors.ts';
import type { UserDataSource } from './provision-files.ts';

/** What tests replace: the file system's root and the metadata services. */
export interface Machine {
  readonly root: string;
  readonly linkLocalUrl: string;
  readonly googleUrl: string;
  readonly alibabaUrl: string;
}

export const thisMachine: Machine = {
  root: '/',
  linkLocalUrl: 'http://169.254.169.254',
  googleUrl: 'http://metadata.google.internal',
  alibabaUrl: 'http://100.100.100.200',
};

const requestMs = 5000;
const bodyBytesMax = 1024 * 1024;

/**
 * JavaScript cannot run CPUID, so hypervisors are told by DMI: Hyper-V guests call their manufacturer
 * "Microsoft Corporation", Google's say "Google". What DMI says comes from the same host as CPUID.
 */
export async function findUserDataSource(machine: Machine): Promise<UserDataSource | undefined> {
  const file = join(machine.root, 'media/cidata/user-data');
  if ((await read(file)) !== undefined) {
    return { name: 'file', fetch: async () => (await read(file)) ?? missing(file) };
  }
  const vendor = (await read(join(machine.root, 'sys/class/dmi/id/sys_vendor')))?.trim();
  if (vendor === 'Microsoft Corporation') return azure(machine.linkLocalUrl);
  if (vendor === 'Amazon EC2') return aws(machine.linkLocalUrl);
  if (vendor === 'Google') return google(machine.googleUrl);
  if (vendor === 'Alibaba Cloud') return alibaba(machine.alibabaUrl);
  return undefined;
}

function azure(base: string): UserDataSource {
  const url = `${base}/metadata/instance/compute/userData?api-version=2021-01-01&format=text`;
  return { name: 'azure', fetch: async (signal) => unbase64(await get(url, { Metadata: 'true' }, signal)) };
}

function aws(base: string): UserDataSource {
  return {
    name: 'aws',
    async fetch(signal) {
      const token = await awsToken(base, signal);
      const headers = token === undefined ? {} : { 'X-aws-ec2-metadata-token': token };
      return await get(`${base}/latest/user-data`, headers, signal);
    },
  };
}

/** Any failure means the older service without tokens. */
async function awsToken(base: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const headers = { 'X-aws-ec2-metadata-token-ttl-seconds': '60' };
    return await request('PUT', `${base}/latest/api/token`, headers, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function google(base: string): UserDataSource {
  const url = `${base}/computeMetadata/v1/instance/attributes/user-data`;
  return { name: 'gcp', fetch: async (signal) => unbase64(await get(url, { 'Metadata-Flavor': 'Google' }, signal)) };
}

function alibaba(base: string): UserDataSource {
  return { name: 'alibaba', fetch: (signal) => get(`${base}/latest/user-data`, {}, signal) };
}

function get(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<string> {
  return request('GET', url, headers, signal);
}

async function request(
  method: string,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<string> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'error', // a metadata service has no reason to send us elsewhere
    signal: AbortSignal.any([signal, AbortSignal.timeout(requestMs)]),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new PeerPodError('E_USER_DATA', `the metadata service answered ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > bodyBytesMax) throw new PeerPodError('E_USER_DATA_TOO_LARGE', 'the metadata service sends too much');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function unbase64(text: string): string {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new PeerPodError('E_USER_DATA', 'user data is not base64');
  }
  return Buffer.from(compact, 'base64').toString('utf8');
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function missing(path: string): never {
  throw new PeerPodError('E_USER_DATA', `${path} has gone`);
}
