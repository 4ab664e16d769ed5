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
}

export async function writeClusterFiles(folder: string, server: string): Promise<ClusterFiles> {
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
  const serving = await ca.issue('kubernetes.default.svc', { addresses: ['127.0.0.1'] });
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
    await write(name, kubeconfigText({ server: at, caPem: ca.certPem, certPem, keyPem }));
    return path(name);
  };
  const adminKubeconfig = await kubeconfigFor('admin', ['system:masters']);
  return { folder, caPem: ca.certPem, adminKubeconfig, path, clientPair, kubeconfigFor };
}

/** JSON, which YAML readers take as well. */
function kubeconfigText(of: { server: string; caPem: string; certPem: string; keyPem: string }): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: of.server, 'certificate-authority-data': base64(of.caPem) } }],
    users: [
      {
        name: 'test',
        user: { 'client-certificate-data': base64(of.certPem), 'client-key-data': base64(of.keyPem) },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}
