/** The two questions that a provider may have for Kubernetes, asked as the pod's service account. */

import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';

export interface ClusterAccess {
  readonly host: string;
  readonly port: number;
  /** Of the worker's Node object. */
  readonly node: string;
  /** Holds `token` and `ca.crt`, as Kubernetes mounts them into a pod. */
  readonly accountDirectory: string;
}

export interface ClusterFacts {
  nodeLabels(options: { readonly signal: AbortSignal }): Promise<Readonly<Record<string, string>>>;
  /** Undefined: there is none. */
  configMap(
    namespace: string,
    name: string,
    options: { readonly signal: AbortSignal },
  ): Promise<Readonly<Record<string, string>> | undefined>;
}

const answerBytesMax = 4 * 1024 * 1024;
const answerMsMax = 10_000;

/** Undefined outside of a cluster. Makes no call. */
export function clusterAccess(
  env: Readonly<Record<string, string | undefined>>,
  node: string,
): ClusterAccess | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) return undefined;
  return { host, port: Number(port), node, accountDirectory: '/var/run/secrets/kubernetes.io/serviceaccount' };
}

/** Throws E_IO for what can not be read, the right to read it missing included. */
export function clusterFacts(access: ClusterAccess): ClusterFacts {
  return {
    async nodeLabels({ signal }) {
      const found = await read(access, `/api/v1/nodes/${encodeURIComponent(access.node)}`, signal);
      if (!found) throw new PeerPodError('E_IO', `Kubernetes knows no node ${access.node}`);
      return strings((found.metadata as { readonly labels?: unknown } | undefined)?.labels);
    },
    async configMap(namespace, name, { signal }) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
      const found = await read(access, path, signal);
      return found && strings(found.data);
    },
  };
}

async function read(
  { host, port, accountDirectory }: ClusterAccess,
  path: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const attempted = `GET ${path} of Kubernetes`;
  try {
    // Anew each time: the token is replaced every hour.
    const [token, ca] = await Promise.all([
      readFile(join(accountDirectory, 'token'), 'utf8'),
      readFile(join(accountDirectory, 'ca.crt'), 'utf8'),
    ]);
    const headers = { accept: 'application/json', authorization: `Bearer ${token.trim()}` };
    const { status, text } = await get({ host, port, path, ca, headers, timeout: answerMsMax, signal });
    if (status === 404) return undefined;
    if (status !== 200) throw new PeerPodError('E_IO', `${attempted}: status ${status}`);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch (error) {
    throw asPeerPodError(error, 'E_IO', attempted);
  }
}

function get(options: Parameters<typeof request>[1]): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > answerBytesMax) outgoing.destroy(new PeerPodError('E_LIMIT', `more than ${answerBytesMax} bytes`));
      });
      answer.once('error', reject);
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.once('timeout', () => outgoing.destroy(new PeerPodError('E_DEADLINE', 'no answer in time')));
    outgoing.once('error', reject);
    outgoing.end();
  });
}

function strings(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
