/** A real control plane of one's own on the loopback address: started, handed over with a client, and gone afterwards. */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLog } from '#base/log.ts';
import type { KubernetesClient } from '#io/kubernetes/client.ts';
import { type Cluster, connectKubernetes } from '#io/kubernetes/connect.ts';
import { NAMESPACE, SERVICE_ACCOUNT } from '#io/kubernetes/kinds.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { type ClusterFiles, writeClusterFiles } from './cluster-files.ts';
import { type ServerName, ServerProcess } from './kubernetes-program.ts';

export interface TestClusterOptions {
  /** Beside the API server; without the controller manager nothing is collected and namespaces stay. */
  readonly servers?: readonly Exclude<ServerName, 'apiserver'>[];
  readonly apiserverFlags?: readonly string[];
  /** Addresses of this machine at which pods with networks of their own reach the server. */
  readonly addresses?: readonly string[];
}

const readyMsMax = 120_000;
/** It ends by itself when its first steps take more than 20 s, as they may beside tests that need every processor. */
const startsMax = 3;
/** What acts on objects that these tests make; the node controller would evict from nodes that have no kubelet. */
const controllers = [
  'daemonset-controller',
  'deployment-controller',
  'disruption-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'replicaset-controller',
  'resourcequota-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
];

export class TestCluster implements AsyncDisposable {
  readonly server: string;
  readonly files: ClusterFiles;
  readonly #port: number;
  readonly #options: TestClusterOptions;
  readonly #servers = new Map<ServerName, ServerProcess>();
  readonly #connections: Cluster[] = [];
  #api: KubernetesClient | undefined;
  /** Of the API server's first start, until it was ready. */
  startMs = 0;

  private constructor(server: string, port: number, files: ClusterFiles, options: TestClusterOptions) {
    this.server = server;
    this.#port = port;
    this.files = files;
    this.#options = options;
  }

  static async start(options: TestClusterOptions = {}): Promise<TestCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'peerpods-cluster-'));
    const port = await freePort();
    const server = `https://127.0.0.1:${port}`;
    const cluster = new TestCluster(server, port, await writeClusterFiles(folder, server, options.addresses), options);
    try {
      cluster.#api = await cluster.connect(cluster.files.adminKubeconfig);
      const startedAt = performance.now();
      await cluster.startApiServer();
      cluster.startMs = Math.round(performance.now() - startedAt);
      for (const name of options.servers ?? []) cluster.startServer(name);
      if (options.servers?.includes('controller-manager')) await cluster.#untilAccount('default');
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** As a user who may do everything. */
  get api(): KubernetesClient {
    if (!this.#api) throw new Error('the cluster has not started');
    return this.#api;
  }

  serverAt(address: string): string {
    return `https://${address}:${this.#port}`;
  }

  async connect(kubeconfig: string): Promise<KubernetesClient> {
    const cluster = await connectKubernetes({
      env: {},
      kubeconfig,
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
      program: 'peerpods-test',
    });
    this.#connections.push(cluster);
    return cluster.api;
  }

  async startApiServer(): Promise<void> {
    let process = this.#run('apiserver', this.#apiserverFlags());
    const until = performance.now() + readyMsMax;
    for (let starts = 1; ; ) {
      if (process.hasEnded && starts === startsMax) {
        throw new Error(`the API server ended:\n${await process.lastWords()}`);
      }
      if (process.hasEnded) {
        process = this.#run('apiserver', this.#apiserverFlags());
        starts += 1;
      }
      if (performance.now() > until) throw new Error(`the API server is not ready:\n${await process.lastWords()}`);
      // The namespace is the last thing that a start makes, and says that etcd, the caches and RBAC are there.
      const ready = await this.api
        .get({ kind: NAMESPACE, name: 'default' }, { timeoutMs: 2000 })
        .catch(() => undefined);
      if (ready) return;
      await pause(100);
    }
  }

  startServer(name: Exclude<ServerName, 'apiserver'>): void {
    const { path, adminKubeconfig } = this.files;
    const common = [`--kubeconfig=${adminKubeconfig}`, '--leader-elect=false', '--secure-port=0'];
    const own =
      name === 'scheduler'
        ? []
        : [
            `--controllers=${controllers.join(',')}`,
            `--service-account-private-key-file=${path('account.key')}`,
            `--root-ca-file=${path('ca.crt')}`,
          ];
    this.#run(name, [...common, ...own]);
  }

  async stopServer(name: ServerName, signal?: NodeJS.Signals): Promise<void> {
    await this.#servers.get(name)?.stop(signal);
    this.#servers.delete(name);
  }

  serverProcess(name: ServerName): ServerProcess | undefined {
    return this.#servers.get(name);
  }

  /** With the account that pods in it are given; without a controller manager that account is never made. */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }, NAMESPACE);
    if (this.#servers.has('controller-manager')) await this.#untilAccount(name);
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection[Symbol.dispose]();
    // The API server last, and not asked nicely: it would wait for the others' watches.
    for (const name of ['scheduler', 'controller-manager'] as const) await this.stopServer(name, 'SIGKILL');
    await this.stopServer('apiserver', 'SIGKILL');
    await rm(this.files.folder, { recursive: true, force: true });
  }

  #run(name: ServerName, flags: readonly string[]): ServerProcess {
    const process = ServerProcess.start(name, this.files.folder, flags);
    this.#servers.set(name, process);
    return process;
  }

  async #untilAccount(namespace: string): Promise<void> {
    const until = performance.now() + readyMsMax;
    while (!(await this.api.get({ kind: SERVICE_ACCOUNT, namespace, name: 'default' }))) {
      const manager = this.#servers.get('controller-manager');
      if (manager?.hasEnded) throw new Error(`the controller manager ended:\n${await manager.lastWords()}`);
      if (performance.now() > until) throw new Error(`no default account in ${namespace}`);
      await pause(50);
    }
  }

  #apiserverFlags(): string[] {
    const { path } = this.files;
    // Without service accounts being made, pods would be refused for the lack of one.
    const admission = this.#options.servers?.includes('controller-manager')
      ? []
      : ['--disable-admission-plugins=ServiceAccount'];
    return [
      `--etcd-folder=${path('etcd')}`,
      `--bind-address=${this.#options.addresses ? '0.0.0.0' : '127.0.0.1'}`,
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${this.#port}`,
      `--tls-cert-file=${path('server.crt')}`,
      `--tls-private-key-file=${path('server.key')}`,
      `--client-ca-file=${path('ca.crt')}`,
      `--service-account-key-file=${path('account.pub')}`,
      `--service-account-signing-key-file=${path('account.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      ...admission,
      ...(this.#options.apiserverFlags ?? []),
    ];
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
