/** The connection of somebody outside of a cluster: kubeconfig files, with all that they may say about credentials. */

import { createHash } from 'node:crypto';
import type { Agent } from 'node:https';
import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { asPeerPodError, PeerPodError, systemErrorCode } from '#base/errors.ts';
import type { Access, ClusterConnection, TlsMaterial } from './connection.ts';

export interface KubeconfigOptions {
  /** As in KUBECONFIG: one path, or several with the system's delimiter; of each name the first file's counts. */
  readonly paths: string;
  /** The files' current one if not given. */
  readonly context?: string | undefined;
}

/** E_SETTING, with what is wrong, for files that name no cluster that can be reached. */
export async function kubeconfigConnection(options: KubeconfigOptions): Promise<ClusterConnection> {
  const library = await loadLibrary();
  const load = () => loadFiles(new library.KubeConfig(), () => new library.KubeConfig(), options);
  let config = load();
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new PeerPodError('E_SETTING', `${options.paths}: the context in use names no cluster`);
  const server = URL.parse(cluster.server);
  if (server?.protocol !== 'https:') {
    throw new PeerPodError('E_SETTING', `${options.paths}: the cluster's server is not an https address`);
  }
  let kept: { readonly digest: string; readonly tls: TlsMaterial } | undefined;
  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    async access() {
      const asked: Asked = { headers: {} };
      try {
        // Runs a credential plugin when there is one and what it gave has expired.
        await config.applyToHTTPSOptions(asked);
      } catch (error) {
        throw asPeerPodError(error, 'E_KUBE_UNAUTHORIZED', `credentials of ${options.paths}`);
      }
      const tls = tlsOf(asked, cluster.skipTLSVerify === true);
      const digest = digestOf(tls);
      if (kept?.digest !== digest) kept = { digest, tls };
      return {
        tls: kept.tls,
        headers: headersOf(asked),
        ...(cluster.proxyUrl && asked.agent && { agent: asked.agent }),
      };
    },
    refused() {
      config = load(); // with it goes what the library kept of a plugin's answer
    },
  };
}

/** What the library fills in. */
interface Asked {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  auth?: string;
  agent?: Agent;
  headers: Record<string, string>;
}

async function loadLibrary(): Promise<typeof import('@kubernetes/client-node')> {
  try {
    // 86 MB once loaded, and an image may leave it out: only who reads a kubeconfig pays.
    return await import('@kubernetes/client-node');
  } catch (error) {
    throw new PeerPodError('E_SETTING', 'reading a kubeconfig needs the npm package @kubernetes/client-node', {
      cause: error,
    });
  }
}

function loadFiles(config: KubeConfig, another: () => KubeConfig, { paths, context }: KubeconfigOptions): KubeConfig {
  let found = 0;
  for (const path of paths.split(delimiter).filter((path) => path !== '')) {
    try {
      if (found === 0) config.loadFromFile(path);
      else {
        const next = another();
        next.loadFromFile(path);
        config.mergeConfig(next);
      }
      found += 1;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') continue; // as kubectl: a list may name files that are not there
      throw asPeerPodError(error, 'E_SETTING', `reading the kubeconfig ${path}`);
    }
  }
  if (found === 0) throw new PeerPodError('E_SETTING', `no kubeconfig at ${paths}`);
  if (context !== undefined) {
    if (!config.getContextObject(context)) throw new PeerPodError('E_SETTING', `${paths}: no context named ${context}`);
    config.setCurrentContext(context);
  }
  return config;
}

function tlsOf({ ca, cert, key, servername }: Asked, skipsVerification: boolean): TlsMaterial {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    ...(skipsVerification && { rejectUnauthorized: false }),
  };
}

function headersOf({ headers, auth }: Asked): Access['headers'] {
  return auth === undefined ? headers : { ...headers, authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
}

function digestOf({ ca = '', cert = '', key = '', servername = '' }: TlsMaterial): string {
  const hash = createHash('sha256');
  for (const part of [ca, cert, key, servername]) hash.update(part).update('\0');
  return hash.digest('hex');
}
