/**
 * A kubelet of one node that runs the containers of our image as processes: each pod with its network namespace, account,
 * settings and probes. Peer pods get a namespace and the calls of Kata's shim. Everybody else's pods only seem to run.
 */

import { silentLog } from '#base/log.ts';
import { paths } from '#dev/demo/daemons.ts';
import { addPod, removePod, type WorkerPod } from '#dev/demo/worker-node.ts';
import { Hypervisor } from '#dev/shim/shim.ts';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { type Informer, startInformer } from '#io/kubernetes/informer.ts';
import { POD, SERVICE_ACCOUNT } from '#io/kubernetes/kinds.ts';
import type { Pod } from '#io/kubernetes/objects.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { newSandboxId } from '../../support/adaptor-scene.ts';
import { launchOf } from './container-environment.ts';
import { FakeNodes } from './fake-nodes.ts';
import { PodProcess } from './pod-process.ts';
import type { TestCluster } from './test-cluster.ts';

export interface ProcessKubeletOptions {
  readonly cluster: TestCluster;
  readonly nodeName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the containers that are run. */
  readonly image: string;
  readonly runtimeClass: string;
}

const componentLabel = 'app.kubernetes.io/component';

/** The node's address on its pod network. */
export const hostIp = '10.244.1.1';

interface RunningPod {
  readonly network: WorkerPod | undefined;
  readonly process: PodProcess | undefined;
  readonly sandboxId: string | undefined;
}

export class ProcessKubelet implements AsyncDisposable {
  readonly #options: ProcessKubeletOptions;
  readonly #pods = new Map<string, Promise<RunningPod>>();
  readonly #processes = new Map<string, { readonly pod: Pod; readonly process: PodProcess }>();
  readonly #ending = new Set<string>();
  readonly #shim = new Hypervisor(paths.hypervisorSocket);
  #nodes: FakeNodes | undefined;
  #informer: Informer<Pod> | undefined;
  #numbers = 0;
  readonly troubles: string[] = [];

  private constructor(options: ProcessKubeletOptions) {
    this.#options = options;
  }

  static async start(options: ProcessKubeletOptions): Promise<ProcessKubelet> {
    const kubelet = new ProcessKubelet(options);
    const { nodeName: name, labels } = options;
    const { api } = options.cluster;
    const ignores = (pod: Pod) => kubelet.#isOurs(pod) || kubelet.#isPeerPod(pod);
    kubelet.#nodes = await FakeNodes.start({ api, nodes: [{ name, labels }], ignores });
    kubelet.#informer = startInformer<Pod>(api, POD, {
      fieldSelector: `spec.nodeName=${name}`,
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
      onChange: (key, pod) => pod && kubelet.#onPod(key, pod),
    });
    return kubelet;
  }

  /** The processes of a component; of those pods only that are there, and without waiting for any. */
  processes(component: string): PodProcess[] {
    const all = [...this.#processes.values()];
    return all.filter(({ pod }) => pod.metadata.labels?.[componentLabel] === component).map(({ process }) => process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#informer?.[Symbol.asyncDispose]();
    await this.#nodes?.[Symbol.asyncDispose]();
    await Promise.all([...this.#processes.values()].map(({ process }) => process.stop()));
  }

  #isOurs(pod: Pod): boolean {
    return pod.spec.containers[0]?.image === this.#options.image;
  }

  #isPeerPod(pod: Pod): boolean {
    return pod.spec.runtimeClassName === this.#options.runtimeClass;
  }

  #onPod(key: string, pod: Pod): void {
    const id = `${key} ${pod.metadata.uid}`;
    if (!this.#isOurs(pod) && !this.#isPeerPod(pod)) return;
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (!this.#ending.has(id)) this.#track(`the end of ${key}`, this.#end(id, pod));
      this.#ending.add(id);
    } else if (!this.#pods.has(id)) {
      const starting = this.#isOurs(pod) ? this.#startOurs(pod) : this.#startPeerPod(pod);
      this.#pods.set(id, starting);
      this.#track(`the start of ${key}`, starting);
    }
  }

  #track(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => this.troubles.push(`${what}: ${String(error)}`));
  }

  async #startOurs(pod: Pod): Promise<RunningPod> {
    const [container] = pod.spec.containers;
    if (!container) throw new Error('a pod without containers');
    const { cluster } = this.#options;
    const network = pod.spec.hostNetwork === true ? undefined : await addPod(this.#numbers++);
    const address = network?.address ?? hostIp;
    const name = pod.metadata.name ?? '';
    const process = new PodProcess({
      name,
      container,
      address,
      launch: () => launchOf(cluster.api, pod, container, hostIp),
      environment: { KUBECONFIG: await this.#accountOf(pod), TMPDIR: cluster.files.folder },
      netns: network?.netnsPath.split('/').at(-1),
      folder: cluster.files.folder,
      onReady: (isReady) => this.#track(`the status of ${name}`, this.#tell(pod, isReady, address)),
    });
    this.#processes.set(pod.metadata.uid ?? '', { pod, process });
    await this.#tell(pod, false, address);
    return { network, process, sandboxId: undefined };
  }

  async #startPeerPod(pod: Pod): Promise<RunningPod> {
    const network = await addPod(this.#numbers++);
    const sandboxId = newSandboxId();
    const { name: podName = '', namespace: podNamespace = '' } = pod.metadata;
    await this.#shim.createVm({ id: sandboxId, podName, podNamespace, netnsPath: network.netnsPath });
    await this.#shim.startVm(sandboxId);
    await this.#tell(pod, true, network.address);
    return { network, process: undefined, sandboxId };
  }

  async #end(id: string, pod: Pod): Promise<void> {
    const { api } = this.#options.cluster;
    const running = await this.#pods.get(id)?.catch(() => undefined);
    if (running?.sandboxId !== undefined) await this.#shim.stopVm(running.sandboxId);
    await running?.process?.stop();
    this.#processes.delete(pod.metadata.uid ?? '');
    if (running?.network) await removePod(running.network);
    this.#pods.delete(id);
    const { name = '', namespace = '', uid = '' } = pod.metadata;
    await api.delete({ kind: POD, namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
  }

  /** A kubeconfig with a token of the pod's own account. */
  async #accountOf(pod: Pod): Promise<string> {
    const { cluster } = this.#options;
    const { namespace = '' } = pod.metadata;
    const name = pod.spec.serviceAccountName ?? 'default';
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: { name, namespace } };
    const answer = await cluster.api.create<KubeObject>(request, SERVICE_ACCOUNT, { subresource: 'token' });
    const { token } = answer.status as { readonly token: string };
    return await cluster.files.kubeconfigWithToken(`${pod.metadata.name}`, token, cluster.serverAt(hostIp));
  }

  async #tell(pod: Pod, isReady: boolean, address: string): Promise<void> {
    const { name = '', namespace = '', uid } = pod.metadata;
    const lastTransitionTime = new Date(systemClock.wallNow()).toISOString();
    const [container] = pod.spec.containers;
    const of = (type: string, status: boolean) => ({ type, status: status ? 'True' : 'False', lastTransitionTime });
    const state = { running: { startedAt: lastTransitionTime } };
    const one = {
      name: container?.name,
      ready: isReady,
      started: true,
      restartCount: 0,
      image: 'i',
      imageID: 'i',
      state,
    };
    const status = {
      phase: 'Running',
      hostIP: hostIp,
      podIP: address,
      podIPs: [{ ip: address }],
      startTime: lastTransitionTime,
      conditions: [
        of('Initialized', true),
        of('PodScheduled', true),
        of('Ready', isReady),
        of('ContainersReady', isReady),
      ],
      containerStatuses: [one],
    };
    const key = { kind: POD, namespace, name };
    const patch = { type: 'strategic', body: { metadata: { uid }, status } } as const;
    await this.#options.cluster.api.patch(key, patch, { subresource: 'status' }).catch((error: unknown) => {
      const { code } = error as { readonly code?: unknown };
      if (code !== 'E_KUBE_NOT_FOUND' && code !== 'E_KUBE_CONFLICT') throw error; // it went in the meantime
    });
  }
}
