/** One worker: the real sandboxes, ledger, starter, releaser and caretaker, in processes that die and come back. */

import type { SandboxId } from '#base/brands.ts';
import { PeerPodError } from '#base/errors.ts';
import { type Log, silentLog } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { parseAnnotations } from '#codec/annotations.ts';
import { parsePodNetwork } from '#codec/pod-network.ts';
import { parseTlsProfile } from '#codec/tls-profile.ts';
import type { PodVmCredentials } from '#domain/podvm/credentials.ts';
import { Caretaker } from '#domain/sandbox/caretaker.ts';
import { openLedger } from '#domain/sandbox/ledger.ts';
import { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import { WorkerReleaser } from '#domain/sandbox/worker-releaser.ts';
import { WorkerStarter } from '#domain/sandbox/worker-starter.ts';
import { allocateVni } from '#domain/tunnel/vni.ts';
import { type Cloud, listLagMsMax } from './cloud.ts';
import type { Faults } from './faults.ts';
import { MachineRoom } from './machine-room.ts';
import { type Method, RelayProcess } from './relay-process.ts';
import type { Rules } from './rules.ts';
import { Life, type World } from './world.ts';

export type KillAt = (life: number, call: number, what: string) => 'undone' | 'done' | undefined;

/** Deliberate defects, so that the rules are seen to find them. */
export interface Variant {
  readonly name: string;
  readonly change: (parts: AdaptorParts) => Partial<AdaptorParts>;
}

export interface AdaptorParts {
  readonly ledger: ReturnType<typeof openLedger>;
  readonly starter: WorkerStarter | ConstructorParameters<typeof Sandboxes>[0]['starter'];
  readonly releaser: ConstructorParameters<typeof Sandboxes>[0]['releaser'];
  readonly network: ConstructorParameters<typeof Sandboxes>[0]['network'];
  readonly sweeps: boolean;
}

const network = parsePodNetwork({
  podip: '10.244.1.10/24',
  'pod-hw-addr': '0a:00:00:00:00:01',
  interface: 'eth0',
  'worker-node-ip': '192.168.122.20/24',
  routes: [{ dst: '', gw: '10.244.1.1', dev: 'eth0' }],
  mtu: 1450,
  'vxlan-id': 7,
});
const podsDir = '/run/peerpod/pods';
const awayMs = [50, 20_000] as const;
/** As in src/daemons: calls in flight, then releases. */
const drainMs = 15_000;
const relayTimeoutMs = 300_000;

export class Worker {
  readonly name: string;
  readonly room: MachineRoom;
  readonly relay: RelayProcess;
  /** Kills the process at a call, both counted from 1, with that done or not; absent: by chance. */
  killAt: KillAt | undefined;
  faults: Faults;
  sandboxes: Sandboxes | undefined;
  readonly #world: World;
  readonly #rules: Rules;
  readonly #cloud: Cloud;
  readonly #variant: Variant | undefined;
  #life: Life | undefined;
  #lives = 0;

  constructor(name: string, world: World, rules: Rules, cloud: Cloud, variant: Variant | undefined) {
    this.name = name;
    this.faults = cloud.faults;
    this.room = new MachineRoom(name, world, cloud.faults, rules);
    this.relay = new RelayProcess(world, rules, this.room, cloud);
    this.#world = world;
    this.#rules = rules;
    this.#cloud = cloud;
    this.#variant = variant;
    rules.places.set(name, this);
  }

  get isUp(): boolean {
    return this.#life?.alive === true;
  }

  async startAdaptor(): Promise<void> {
    const world = this.#world;
    const life = new Life(world);
    this.#life = life;
    world.say(() => `an adaptor starts on ${this.name}`);
    life.onCall = this.#killer(life);
    const { sandboxes, caretaker, sweeps } = this.#compose(life);
    this.sandboxes = sandboxes;
    await sandboxes.load();
    if (sweeps) caretaker.start();
    this.relay.serve(life, (method, sandboxId, signal) => this.#handle(sandboxes, method, sandboxId, signal));
  }

  #killer(life: Life): (what: string) => void {
    const world = this.#world;
    this.#lives += 1;
    const index = this.#lives;
    let calls = 0;
    return (what) => {
      calls += 1;
      const chosen = this.killAt?.(index, calls, what);
      if (chosen) world.at(0, () => this.killAdaptor(life, () => chosen === 'done'));
      if (this.killAt || !world.chance(this.faults.adaptorKilled)) return;
      // Somewhere within what is under way, or just after it.
      world.at(world.between(0, world.chance(0.7) ? 4 : 400), () => this.killAdaptor(life));
    };
  }

  killAdaptor(life = this.#life, done?: () => boolean): void {
    if (!life?.alive) return;
    this.#world.say(() => `the adaptor on ${this.name} is killed`);
    this.#rules.seen.killed += 1;
    life.kill(done);
    this.#life = undefined;
    this.relay.adaptorDied(life);
    this.#world.at(this.#world.between(...awayMs), () => {
      if (!this.#life && this.relay.alive) void this.startAdaptor();
      else if (!this.#life) this.#world.at(1000, () => this.#life ?? void this.startAdaptor());
    });
  }

  /** SIGTERM: no more calls, some seconds for what is under way, then the end. */
  async stopAdaptor(): Promise<void> {
    const [life, sandboxes] = [this.#life, this.sandboxes];
    if (!life?.alive || !sandboxes) return;
    this.#world.say(() => `the adaptor on ${this.name} is told to end`);
    this.relay.stopServing(life);
    await sandboxes.settle(drainMs);
    this.relay.adaptorDied(life); // its server is closed first
    await sandboxes[Symbol.asyncDispose]();
    this.killAdaptor(life);
  }

  killRelay(): void {
    if (!this.relay.alive) return;
    this.#world.say(() => `the relay on ${this.name} is killed`);
    const { records } = this.relay;
    this.#breakPods();
    this.relay.kill();
    this.#world.at(this.#world.between(...awayMs), () => this.relay.startAgain(records));
  }

  cutPower(): void {
    this.#world.say(() => `${this.name} loses its power`);
    this.#breakPods();
    this.killAdaptor();
    this.relay.kill();
    this.room.cutPower();
    this.#world.at(60_000, () => {
      this.relay.startAgain(new Map());
    });
  }

  #breakPods(): void {
    for (const pod of this.#rules.pods.values()) if (pod.node === this.name) pod.break();
  }

  #compose(life: Life) {
    const world = this.#world;
    const { clock } = life;
    const log = this.#log();
    const owner = { cluster: 'simulated', node: this.name };
    const provider = this.#cloud.provider(life);
    const relay = this.relay.control(life);
    const outside = { provider, relay, tunnels: this.room.tunnels(life), folders: this.room.tmpfs(life), clock, log };
    const known = this.room.vnis;
    const parts: AdaptorParts = {
      ledger: openLedger('/var/lib/peerpod', this.room.records(life)),
      starter: this.#starter(life, outside, owner),
      releaser: new WorkerReleaser({ ...outside, owner, listLagMsMax, random: world.random }),
      network: {
        allocateVni: (inUse) => allocateVni(inUse.union(known), world.random, 1000),
        inspect: (path, vni) =>
          life.systemCall(`inspect ${path}`, 1, () => {
            if (!this.room.namespaces.has(path)) throw new PeerPodError('E_NETNS', `no namespace ${path}`);
            return { ...network, vni };
          }),
        volumesOf: async () => [],
      },
      sweeps: true,
    };
    const { sweeps, ...used } = { ...parts, ...this.#variant?.change(parts) };
    const sandboxes = new Sandboxes({ podsDir, ...used, clock, log });
    const exists = (path: string) => life.systemCall(`look for ${path}`, 0.05, () => this.room.namespaces.has(path));
    const caretaker = new Caretaker({ ...outside, sandboxes, owner, exists });
    return { sandboxes, caretaker, sweeps };
  }

  #starter(
    life: Life,
    outside: Omit<ConstructorParameters<typeof WorkerStarter>[1], 'credentials'>,
    owner: { readonly cluster: string; readonly node: string },
  ): WorkerStarter {
    const settings = {
      owner,
      forwarderPort: 15150,
      relayTimeoutMs,
      userDataBytesMax: 65_536,
      globalInitdata: undefined,
      scratchSpace: false,
      tlsProfile: parseTlsProfile(undefined, undefined),
      tlsDisabled: false,
    };
    const issue = (podVmName: string) =>
      life.systemCall('issue', 1, () => issued(podVmName, this.#world.name('identity')));
    return new WorkerStarter(settings, { ...outside, credentials: { issue } });
  }

  async #handle(sandboxes: Sandboxes, method: Method, sandboxId: SandboxId, signal: AbortSignal): Promise<void> {
    const pod = this.#rules.pods.get(sandboxId);
    if (!pod) return;
    const names = { 'io.kubernetes.cri.sandbox-name': pod.name, 'io.kubernetes.cri.sandbox-namespace': 'shop' };
    const request = parseAnnotations(new Map(Object.entries(names)));
    if (method === 'StopVM') await sandboxes.stop(sandboxId, signal);
    else if (method === 'StartVM') await sandboxes.start(sandboxId, signal);
    else await sandboxes.create({ sandboxId, request, netnsPath: pod.netnsPath }, signal);
  }

  /** A task that fails, and a release that ends, are defects whatever the world does. */
  #log(): Log {
    const world = this.#world;
    const line = (level: string) => (fields: object, event: string) => {
      world.say(() => `${this.name} ${level}: ${event} ${JSON.stringify(fields, errorsAsText)}`);
      if (event === 'task failed' || event === 'release ended early') {
        world.breach(`${event}: ${JSON.stringify(fields, errorsAsText)}`);
      }
    };
    const log: Log = {
      ...silentLog,
      info: world.trace ? line('info') : () => {},
      warn: world.trace ? line('warn') : () => {},
      error: line('error'),
      child: () => log,
    };
    return log;
  }
}

const errorsAsText = (_key: string, value: unknown) => (value instanceof Error ? String(value) : value);

function issued(podVmName: string, identity: string): PodVmCredentials {
  return {
    serverName: podVmName,
    serverFingerprint256: identity,
    relay: { caPem: identity, certPem: identity, key: new Secret(identity) },
    podVm: { certPem: identity, key: new Secret(identity), clientCaPem: identity },
  };
}
