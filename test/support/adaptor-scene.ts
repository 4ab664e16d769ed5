/** A worker node in namespaces of the test's own: the adaptor over real sockets and a real kernel, before a fake cloud. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { getLinks, getQdiscs, netlink, openNetns, query } from '@peerpods/netlink';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { startAdaptor } from '#daemons/adaptor/compose.ts';
import { type AdaptorSettings, adaptorOptions, adaptorSettings } from '#daemons/adaptor/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import { addPod, removePod, setUpWorkerNode, type WorkerPod } from '#dev/demo/worker-node.ts';
import { Hypervisor } from '#dev/shim/shim.ts';
import { readPins } from '#domain/tunnel/source-pin.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { openLog } from '#io/log.ts';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { FakeCloud } from './fake-cloud.ts';
import { answerLocally } from './local-pod-vms.ts';

let worker: Promise<void> | undefined;
let podsMade = 0;

/** Uplink, pod network and the addresses of the fake cloud's VMs; once for all tests of a file. */
export function ensureWorkerNode(): Promise<void> {
  worker ??= (async () => {
    await setUpWorkerNode();
    answerLocally('192.0.2.1/24'); // those that the fake provider gives
  })();
  return worker;
}

export const newSandboxId = () => randomBytes(32).toString('hex');

export interface SandboxCall {
  readonly id: string;
  readonly podName: string;
  readonly podNamespace: string;
  readonly netnsPath: string;
}

export class Scene {
  readonly cloud: FakeCloud;
  readonly settings: AdaptorSettings;
  readonly shim: Hypervisor;
  readonly folder: string;
  readonly #pods: WorkerPod[] = [];
  readonly #open: () => Promise<RunningDaemon>;
  #daemon: RunningDaemon | undefined;

  private constructor(cloud: FakeCloud, settings: AdaptorSettings, folder: string, open: () => Promise<RunningDaemon>) {
    this.cloud = cloud;
    this.settings = settings;
    this.folder = folder;
    this.shim = new Hypervisor(settings.socket);
    this.#open = open;
  }

  /** Ends with the test. */
  static async start(
    context: TestContext,
    { cloud = new FakeCloud(), argv = [] }: { readonly cloud?: FakeCloud; readonly argv?: readonly string[] } = {},
  ): Promise<Scene> {
    await ensureWorkerNode();
    mkdirSync('/run/scenes', { recursive: true });
    const folder = mkdtempSync('/run/scenes/s');
    const own = ['-socket', join(folder, 'hypervisor.sock'), '-pods-dir', join(folder, 'pods')];
    own.push(
      '-state-dir',
      join(folder, 'state'),
      '-relay-socket=',
      '-probe-port=0',
      '-proxy-timeout=90s',
      '-log-level=trace',
    );
    const { values } = parseOptions(adaptorOptions, [...own, ...argv], {});
    const settings = adaptorSettings(values);
    const fd = openSync(join(folder, 'log'), 'a', 0o600);
    const log = openLog({ component: 'adaptor', level: settings.logLevel, fd });
    const open = () => startAdaptor(settings, cloud.module, values, log, new AbortController().signal);
    const scene = new Scene(cloud, settings, folder, open);
    scene.#daemon = await open();
    context.after(async () => {
      for (const name of scene.records) await scene.shim.stopVm(name.replace('.json', ''));
      await scene.drain();
      cloud.end();
      for (const pod of scene.#pods) assert.deepEqual(await removePod(pod), []);
      closeSync(fd);
    });
    return scene;
  }

  /** Ends the adaptor as SIGTERM does. */
  async drain(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    await daemon?.drain();
  }

  /** A new adaptor on what the old one left; its relay is new too. */
  async restart(): Promise<void> {
    await this.drain();
    this.#daemon = await this.#open();
  }

  get log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  /** A network namespace with a CNI's network in it, and what the shim would ask for it. */
  async addPod(podName?: string): Promise<SandboxCall> {
    podsMade += 1;
    const pod = await addPod(podsMade % 200);
    this.#pods.push(pod);
    return { id: newSandboxId(), podName: podName ?? pod.name, podNamespace: 'shop', netnsPath: pod.netnsPath };
  }

  /** One connection to the hypervisor socket, for callers that leave. */
  async connect(): Promise<TtrpcClient> {
    return new TtrpcClient(await dialUnix(this.settings.socket), { clock: systemClock });
  }

  get records(): readonly string[] {
    const folder = join(this.settings.stateDir, 'sandboxes');
    return readdirSync(this.settings.stateDir).includes('sandboxes') ? readdirSync(folder) : [];
  }

  /** What there is of any sandbox, in words; empty when nothing is left. */
  async leftovers(): Promise<string[]> {
    const left = [
      ...this.cloud.podVms.map(({ id }) => `pod VM ${id}`),
      ...this.records.map((name) => `record ${name}`),
      ...readdirSync(this.settings.podsDir).map((name) => `folder ${name}`),
      ...(await readPins({ netlink })).map(({ vni }) => `pin of VNI ${vni}`),
    ];
    const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n');
    left.push(...sockets.filter((line) => line.includes(this.settings.podsDir)).map((line) => `socket ${line}`));
    for (const { name, netnsPath } of this.#pods) {
      using netns = openNetns(netnsPath);
      const links = await query(netlink, netns, getLinks());
      left.push(...links.filter((link) => !/^(lo|eth0)$/.test(link.name)).map((link) => `${link.name} in ${name}`));
      const qdiscs = await query(netlink, netns, getQdiscs());
      left.push(...qdiscs.filter(({ kind }) => kind === 'ingress').map(({ kind }) => `${kind} in ${name}`));
    }
    return left;
  }

  /** The kernel ends a device some time after it was asked to (RCU), a release goes on after StopVM's answer. */
  async leftoversAfterSettling(withinMs = 30_000): Promise<string[]> {
    const until = performance.now() + withinMs;
    for (;;) {
      const left = await this.leftovers();
      if (left.length === 0 || performance.now() > until) return left;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 30_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const startVm = (client: TtrpcClient, id: string, options = {}) =>
  client.call('hypervisor.Hypervisor', 'StartVM', hypervisor.StartVMRequest.encode({ id }).finish(), options);

export const stopVm = (client: TtrpcClient, id: string, options = {}) =>
  client.call('hypervisor.Hypervisor', 'StopVM', hypervisor.StopVMRequest.encode({ id }).finish(), options);
