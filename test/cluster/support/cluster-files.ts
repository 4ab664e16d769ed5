/** What the servers and their clients read: certificates by the tests' own authority, keys, kubeconfigs. */

import { generateKeyPairSync } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PemPair, TestCa } from '../../support/test-ca.ts';

export interface ClusterFiles {
  readonly folder: string;
  readonly caPem: string;
  /** Of a user who may do everything. */
  readonly adminKubeconfig: string;
  path(name: string): string;
  /** A client certificate for `user`, as one of `groups`. */
  clientPair(user: string, groups?: readonly string[]): Promise<PemPair>;
  /** A kubeconfig with a client certificate for `user`; its rights are what RBAC gives it. */
  kubeconfigFor(user: string, groups?: readonly string[], server?: string): Promise<string>;
  /** A kubeconfig with a bearer token. */
  kubeconfigWithToken(name: string, token: string, server?: string): Promise<string>;
}

/** `addresses`: where the server is reached besides 127.0.0.1. */
export async function writeClusterFiles(
  folder: string,
  server: string,
  addresses: readonly string[] = [],
): Promise<ClusterFiles> {
  const ca = await TestCa.create('test cluster');
  const path = (name: string) => join(folder, name);
  let serial = 0;
  // Whole at once: a program that starts may read the kubeconfig that is written again for another one.
  const write = async (name: string, text: string) => {
    serial += 1;
    const staged = path(`.${name}.${serial}`);
    await writeFile(staged, text, { mode: 0o600 });
    await rename(staged, path(name));
  };
  const serving = await ca.issue('kubernetes.default.svc', { addresses: ['127.0.0.1', ...addresses] });
  const account = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  await write('ca.crt', ca.certPem);
  await write('server.crt', serving.certPem);
  await write('server.key', serving.keyPem);
  await write('account.pub', account.publicKey);
  await write('account.key', account.privateKey);
  const clientPair = (user: string, groups: readonly string[] = []) => ca.issue(user, { organisations: groups });
  const kubeconfigFor = async (user: string, groups: readonly string[] = [], at = server) => {
    const { certPem, keyPem } = await clientPair(user, groups);
    const name = `${user.replace(/[^a-z0-9.-]/gi, '_')}.kubeconfig`;
    await write(name, kubeconfigText(at, ca.certPem, pairText({ certPem, keyPem })));
    return path(name);
  };
  const kubeconfigWithToken = async (name: string, token: string, at = server) => {
    await write(`${name}.kubeconfig`, kubeconfigText(at, ca.certPem, { token }));
    return path(`${name}.kubeconfig`);
  };
  const adminKubeconfig = await kubeconfigFor('admin', ['system:masters']);
  return { folder, caPem: ca.certPem, adminKubeconfig, path, clientPair, kubeconfigFor, kubeconfigWithToken };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

function pairText({ certPem, keyPem }: PemPair): object {
  return { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) };
}

/** JSON, which YAML readers take as well. */
function kubeconfigText(server: string, caPem: string, user: object): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(caPem) } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}
