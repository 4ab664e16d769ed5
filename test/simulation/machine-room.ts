/** One worker's disk, tmpfs and kernel: what survives the death of a process, and what a power cut takes. */

import { dirname } from 'node:path';
import { PeerPodError } from '#base/errors.ts';
import type { PodFolders, TunnelPort } from '#domain/sandbox/ports.ts';
import type { NodeEndRecord } from '#domain/tunnel/node-end.ts';
import type { RecordFiles } from '#io/record-files.ts';
import type { Faults } from './faults.ts';
import type { Rules } from './rules.ts';
import type { Life, World } from './world.ts';

interface Namespace {
  device: { readonly vni: number; isComplete: boolean } | undefined;
}

/** What nobody flushes is on disk after this long. */
const flushedMs = 30_000;
const syscallMs = [0.05, 4] as const;

export class MachineRoom {
  faults: Faults;
  isDiskFull = false;
  readonly name: string;
  readonly files = new Map<string, string>();
  /** Removed, but not on disk yet: a power cut brings them back. */
  readonly #removed = new Map<string, { readonly text: string; readonly at: number }>();
  /** What was on disk before something was added that is not flushed yet. */
  readonly #flushed = new Map<string, { readonly text: string; readonly at: number }>();
  /** By path; the value is whose identity is kept there. */
  readonly folders = new Map<string, string | undefined>();
  readonly namespaces = new Map<string, Namespace>();
  /** Source pins by VNI. */
  readonly pins = new Map<number, string>();
  readonly #world: World;
  readonly #rules: Rules;

  constructor(name: string, world: World, faults: Faults, rules: Rules) {
    this.name = name;
    this.#world = world;
    this.faults = faults;
    this.#rules = rules;
  }

  /** VNIs that the kernel knows. */
  get vnis(): Set<number> {
    const devices = [...this.namespaces.values()].flatMap(({ device }) => (device ? [device.vni] : []));
    return new Set([...devices, ...this.pins.keys()]);
  }

  /** Everything that is not on disk is gone, and of the disk what was not flushed. */
  cutPower(): void {
    this.folders.clear();
    this.namespaces.clear();
    this.pins.clear();
    for (const [name, { text, at }] of this.#removed) {
      if (this.#world.now - at < flushedMs && this.#world.chance(0.5)) this.files.set(name, text);
    }
    this.#removed.clear();
    for (const [name, { text, at }] of this.#flushed) {
      if (this.files.has(name) && this.#world.now - at < flushedMs && this.#world.chance(0.5))
        this.files.set(name, text);
    }
    this.#flushed.clear();
  }

  records(life: Life): RecordFiles {
    const world = this.#world;
    const call = <T>(what: string, effect: (killed: boolean) => T) =>
      life.systemCall(`${what} on ${this.name}`, world.between(...syscallMs), effect);
    return {
      write: (_folder, name, text) =>
        call(`write ${name}`, () => {
          this.#failDisk();
          this.#removed.delete(name);
          this.#flushed.delete(name);
          this.files.set(name, text);
        }),
      append: (_folder, name, text, isDurable) =>
        call(`append to ${name}`, (killed) => {
          const before = this.files.get(name);
          if (before === undefined) throw new Error('ENOENT: no such file');
          const isTorn = killed ? world.chance(this.faults.tears) : this.isDiskFull || world.chance(this.faults.disk);
          if (isDurable) this.#flushed.delete(name);
          else this.#flushed.set(name, { text: before, at: world.now });
          this.files.set(name, before + (isTorn ? text.slice(0, world.below(text.length + 1)) : text));
          if (isTorn) throw new Error('ENOSPC: no space left on device');
        }),
      remove: (_folder, name) =>
        call(`remove ${name}`, () => {
          if (world.chance(this.faults.disk)) throw new Error('EIO: i/o error');
          const text = this.files.get(name);
          if (text === undefined) return;
          this.#rules.recordRemoved(this.name, name.replace('.json', ''));
          this.files.delete(name);
          this.#flushed.delete(name);
          this.#removed.set(name, { text, at: world.now });
        }),
      names: () => call('read records', () => [...this.files.keys()]),
      read: (_folder, name) => call(`read ${name}`, () => this.files.get(name) ?? ''),
    };
  }

  #failDisk(): void {
    if (this.isDiskFull || this.#world.chance(this.faults.disk)) throw new Error('ENOSPC: no space left on device');
  }

  tmpfs(life: Life): PodFolders {
    const world = this.#world;
    const call = (what: string, effect: () => void) =>
      life.systemCall(`${what} on ${this.name}`, world.between(...syscallMs), () => {
        if (world.chance(this.faults.tmpfs)) throw new PeerPodError('E_IO', `${what}: no space left on device`);
        effect();
      });
    return {
      make: (folder) => call(`make ${folder}`, () => this.folders.set(folder, this.folders.get(folder))),
      keepIdentity: (folder, identity) =>
        call(`keep the identity in ${folder}`, () => {
          if (this.folders.get(folder) !== undefined) throw new PeerPodError('E_IO', 'EEXIST: file exists');
          this.folders.set(dirname(folder), this.folders.get(dirname(folder)));
          this.folders.set(folder, identity.caPem);
        }),
      remove: (folder) =>
        call(`remove ${folder}`, () => {
          for (const path of [...this.folders.keys()]) {
            if (path === folder || path.startsWith(`${folder}/`)) this.folders.delete(path);
          }
        }),
    };
  }

  /** Pin, device and filters, in this order; a process that dies in between leaves some. */
  tunnels(life: Life): TunnelPort {
    const world = this.#world;
    const fail = (what: string) => {
      if (world.chance(this.faults.kernel)) throw new PeerPodError('E_TUNNEL', `${what}: no buffer space available`);
    };
    return {
      setUp: (record) =>
        life.systemCall(`set up VNI ${record.vni} on ${this.name}`, world.between(...syscallMs), (killed) => {
          fail('set-up');
          this.#setUp(record, killed ? world.below(4) : 3);
          return { ...record, ownsQdisc: true };
        }),
      tearDown: (record) =>
        life.systemCall(`tear down VNI ${record.vni} on ${this.name}`, world.between(...syscallMs), (killed) => {
          fail('tear-down');
          this.#tearDown(record, killed ? world.below(3) : 2);
        }),
    };
  }

  #setUp({ netns, vni, remote }: NodeEndRecord, parts: number): void {
    const namespace = this.namespaces.get(netns);
    if (!namespace) throw new PeerPodError('E_NETNS', `no namespace ${netns}`);
    this.#rules.tunnelSetUp(this.name, netns, vni);
    for (const [path, { device }] of this.namespaces) {
      if (path === netns || device?.vni !== vni) continue;
      this.#world.breach(`VNI ${vni} is used by ${netns} and ${path} on ${this.name}`);
    }
    if (namespace.device && namespace.device.vni !== vni) {
      throw new PeerPodError('E_TUNNEL', 'the device belongs to another tunnel');
    }
    if (parts > 0) this.pins.set(vni, remote);
    if (parts > 1) namespace.device = { vni, isComplete: false };
    if (parts > 2) namespace.device = { vni, isComplete: true };
  }

  #tearDown({ netns, vni }: NodeEndRecord, parts: number): void {
    const namespace = this.namespaces.get(netns);
    this.#rules.tunnelTornDown(this.name, netns);
    if (parts > 0 && namespace?.device?.vni === vni) namespace.device = undefined;
    if (parts > 1) this.pins.delete(vni);
  }
}
