/** What must hold, whatever happens: asked at each effect, from outside the code that is tested. */

import type { PodVm } from '@peerpods/provider';
import { PeerPodError } from '#base/errors.ts';
import type { Cloud } from './cloud.ts';
import type { MachineRoom } from './machine-room.ts';
import type { Pod } from './pod.ts';
import type { Method, RelayProcess } from './relay-process.ts';
import type { World } from './world.ts';

export interface Place {
  readonly room: MachineRoom;
  readonly relay: RelayProcess;
}

interface OnDisk {
  readonly state: { readonly at: string };
  readonly podVmId?: string;
  readonly tunnel?: { readonly vni: number; readonly netns: string };
  readonly network: { readonly vni: number };
}

/** The last whole line of a record. */
function lastOf(text: string | undefined): OnDisk | undefined {
  for (const line of (text ?? '').split('\n').toReversed()) {
    try {
      if (line !== '') return JSON.parse(line);
    } catch {
      // torn
    }
  }
  return undefined;
}

export class Rules {
  readonly #world: World;
  readonly places = new Map<string, Place>();
  readonly pods = new Map<string, Pod>();
  cloud: Cloud | undefined;
  /** What was seen, so that a run that saw nothing is not taken for one that found nothing. */
  readonly seen = { made: 0, started: 0, stopped: 0, released: 0, refused: 0, killed: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  recordOf(node: string, sandboxId: string): OnDisk | undefined {
    return lastOf(this.places.get(node)?.room.files.get(`${sandboxId}.json`));
  }

  podVmMade(node: string, sandboxId: string, byTheLiving: boolean): void {
    this.seen.made += 1;
    const alive = this.cloud?.of(sandboxId).filter(({ isDeleting }) => !isDeleting) ?? [];
    if (alive.length > 1) this.#world.breach(`${sandboxId} has ${alive.length} pod VMs`);
    // What a dead process sent may arrive when its successor has long cleaned up: the sweep's business.
    if (!byTheLiving) return;
    const record = this.recordOf(node, sandboxId);
    if (record?.state.at === 'starting' || record?.state.at === 'stopping') return;
    this.#world.breach(`a pod VM of ${sandboxId} is made while its record says ${record?.state.at ?? 'nothing'}`);
  }

  podVmDeleted(podVm: PodVm): void {
    const pod = this.pods.get(podVm.sandboxId);
    if (pod?.mustLive && pod.podVmId === podVm.id)
      this.#world.breach(`${podVm.id} of running ${podVm.sandboxId} is deleted`);
  }

  tunnelSetUp(node: string, netns: string, vni: number): void {
    const pod = this.#podIn(netns);
    if (!pod) return;
    const record = this.recordOf(node, pod.sandboxId);
    if (record?.tunnel?.vni === vni && record.tunnel.netns === netns) return;
    this.#world.breach(`a tunnel of ${pod.sandboxId} is set up that is not on record`);
  }

  tunnelTornDown(_node: string, netns: string): void {
    const pod = this.#podIn(netns);
    if (pod?.mustLive) this.#world.breach(`the tunnel of running ${pod.sandboxId} is torn down`);
  }

  #podIn(netns: string): Pod | undefined {
    return [...this.pods.values()].find((pod) => pod.netnsPath === netns);
  }

  socketOpened(node: string, sandboxId: string, byTheLiving: boolean): void {
    if (!byTheLiving || this.recordOf(node, sandboxId)) return;
    this.#world.breach(`an agent socket of ${sandboxId} is opened that is not on record`);
  }

  detached(sandboxId: string): void {
    if (this.pods.get(sandboxId)?.mustLive) this.#world.breach(`running ${sandboxId} is detached`);
  }

  /** Nothing may be left that only the record knows. */
  recordRemoved(node: string, sandboxId: string): void {
    this.seen.released += 1;
    // What came later than the provider promises is the sweep's business: it finds it by its tag.
    const late = this.cloud?.of(sandboxId).filter(({ isLate }) => isLate) ?? [];
    const excused = new Set(['record', ...late.map(({ podVm }) => `pod VM ${podVm.id}`)]);
    const counted = this.leftOf(node, sandboxId).filter((text) => !excused.has(text));
    if (counted.length > 0) this.#world.breach(`the record of ${sandboxId} is removed, left: ${counted.join(', ')}`);
  }

  leftOf(node: string, sandboxId: string): string[] {
    const place = this.places.get(node);
    const pod = this.pods.get(sandboxId);
    const record = this.recordOf(node, sandboxId);
    if (!place || !pod) return [];
    const { room, relay } = place;
    const device = room.namespaces.get(pod.netnsPath)?.device;
    const pinned = record?.tunnel && room.pins.has(record.tunnel.vni);
    return [
      ...(this.cloud?.of(sandboxId) ?? []).map(({ podVm }) => `pod VM ${podVm.id}`),
      ...(device ? [`device with VNI ${device.vni}`] : []),
      ...(pinned ? [`pin of VNI ${record?.tunnel?.vni}`] : []),
      ...(relay.attached.has(sandboxId) ? ['agent socket'] : []),
      ...[...room.folders.keys()].filter((path) => path.includes(sandboxId)).map((path) => `folder ${path}`),
      ...(record ? ['record'] : []),
    ];
  }

  /** Of every pod, and what no pod would own to. */
  everythingLeft(): string[] {
    const left = [...(this.cloud?.machines.values() ?? [])].map(
      ({ podVm }) => `pod VM ${podVm.id} of ${podVm.sandboxId}`,
    );
    for (const [node, { room, relay }] of this.places) {
      left.push(...[...room.files.keys()].map((name) => `record ${name} on ${node}`));
      left.push(...[...room.folders.keys()].map((path) => `folder ${path} on ${node}`));
      left.push(...[...room.pins.keys()].map((vni) => `pin of VNI ${vni} on ${node}`));
      for (const [path, { device }] of room.namespaces) if (device) left.push(`device in ${path} on ${node}`);
      left.push(...[...relay.attached.keys()].map((id) => `agent socket of ${id} on ${node}`));
      left.push(...[...relay.calls].map(({ method, sandboxId }) => `${method} ${sandboxId} without an answer`));
    }
    return left;
  }

  answered(method: Method, sandboxId: string): void {
    if (method === 'StopVM') this.seen.stopped += 1;
    if (method !== 'StartVM') return;
    this.seen.started += 1;
    this.pods.get(sandboxId)?.started();
  }

  refused(method: Method, sandboxId: string, error: unknown): void {
    this.seen.refused += 1;
    const pod = this.pods.get(sandboxId);
    if (pod?.isExpected && method === 'StartVM') {
      pod.isExpected = false;
      if (error instanceof PeerPodError && error.code === 'E_SANDBOX_UNKNOWN') {
        this.#world.breach(`${sandboxId} was created and is not known any more`);
      }
    }
    const isAbandoned = error instanceof PeerPodError && error.message.includes('nobody waits');
    if (isAbandoned) this.#world.breach(`StartVM ${sandboxId} is given up although its caller waits`);
    if (error instanceof PeerPodError && error.code !== 'E_INTERNAL') return;
    this.#world.breach(`${method} ${sandboxId} ends with a defect: ${error}`);
  }
}
