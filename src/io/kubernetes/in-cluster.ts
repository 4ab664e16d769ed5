/** The connection of a pod: the service account's token and CA, read again since the kubelet replaces them. */

import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Access, ClusterConnection, TlsMaterial } from './connection.ts';

export const accountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';
const keptMsMax = 60_000;

export interface InClusterOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Holds token, ca.crt and namespace; where the kubelet puts them if not given. */
  readonly directory?: string;
}

/** Undefined outside of a cluster. E_IO if the account's files can not be read. */
export async function inClusterConnection(options: InClusterOptions): Promise<ClusterConnection | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = options.env;
  if (!host) return undefined;
  const server = URL.parse(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`);
  if (!server) {
    throw new PeerPodError('E_SETTING', `KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT make no address`);
  }
  const { clock, directory = accountDirectory } = options;
  const namespace = (await readAccountFile(directory, 'namespace').catch(() => '')).trim() || undefined;
  let kept: { readonly access: Access; readonly atMs: number } | undefined;
  let tls: TlsMaterial = {};
  return {
    server,
    namespace,
    async access() {
      if (kept && clock.now() - kept.atMs < keptMsMax) return kept.access;
      const [token, ca] = await Promise.all([
        readAccountFile(directory, 'token'),
        readAccountFile(directory, 'ca.crt'),
      ]);
      if (ca !== tls.ca) tls = { ca };
      kept = { access: { tls, headers: { authorization: `Bearer ${token.trim()}` } }, atMs: clock.now() };
      return kept.access;
    },
    refused: () => {
      kept = undefined;
    },
  };
}

async function readAccountFile(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw asPeerPodError(error, 'E_IO', `reading ${path}`);
  }
}
