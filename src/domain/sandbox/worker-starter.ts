/** Starts sandboxes on this worker: relay, credentials, pod VM and tunnel put together. */

import { dirname, join } from 'node:path';
import { parsePrefix } from '@peerpods/netlink/addresses';
import type { Owner, PodVmProvider, PodVmSpec } from '@peerpods/provider';
import { ProviderError } from '@peerpods/provider';
import type { SandboxId } from '#base/brands.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Secret } from '#base/secret.ts';
import { abortable, deadlineSignal } from '#base/signals.ts';
import { encodePodNetwork } from '#codec/pod-network.ts';
import type { TlsProfile } from '#codec/tls-profile.ts';
import type { WantedPeerPod } from '../node-duties/peer-pod.ts';
import type { SandboxPod } from '../node-duties/pod-reader.ts';
import type { SandboxDuties } from '../node-duties/sandbox-duties.ts';
import { encodeBootFiles } from '../podvm/boot-files.ts';
import type { Credentials, PodVmCredentials } from '../podvm/credentials.ts';
import { translateProviderError } from '../podvm/provider-errors.ts';
import type { RelayControl } from '../relay/control.ts';
import type { NodeEndRecord } from '../tunnel/node-end.ts';
import type { SandboxRecord } from './ledger.ts';
import { type SandboxObserver, silentObserver } from './observer.ts';
import type { FailedPodVm, MadePodVm, PodFolders, Starter, TunnelPort } from './ports.ts';

export interface StarterSettings {
  readonly owner: Owner;
  readonly forwarderPort: number;
  /** For the connection to the forwarder, attempts included; ms. */
  readonly relayTimeoutMs: number;
  readonly userDataBytesMax: number;
  /** Base64 of gzip, for pods without initdata of their own. */
  readonly globalInitdata: string | undefined;
  readonly scratchSpace: boolean;
  readonly tlsProfile: TlsProfile;
  readonly tlsDisabled: boolean;
}

export interface StarterParts {
  readonly provider: PodVmProvider;
  readonly credentials: Pick<Credentials, 'issue'>;
  readonly relay: RelayControl;
  readonly tunnels: TunnelPort;
  readonly folders: PodFolders;
  /** Absent outside of Kubernetes. */
  readonly duties?: Pick<SandboxDuties, 'prepare' | 'discard' | 'announce' | 'resume' | 'beforePodVm'> | undefined;
  readonly observer?: SandboxObserver;
  readonly clock: Clock;
  readonly log: Log;
}

/** Clouds take minutes; one that does not answer at all must not hold a StartVM for ever. */
const createMsMax = 15 * 60_000;
/** One call to the relay, but for `connect`, which has a time of its own. */
const relayCallMsMax = 10_000;
/** In place of what held the VM's key, where a cloud lets a running VM's user-data change. */
const emptyUserData = '#cloud-config\n';
const forgetTriesMax = 5;
const forgetEveryMs = 10_000;

/** The address that the pod's traffic goes to: that of the second interface if there is one for it. */
export function tunnelAddress(record: SandboxRecord): string {
  const address = record.addresses?.[record.network.dedicated ? 1 : 0];
  if (address === undefined) {
    throw new PeerPodError('E_POD_VM_NO_ADDRESS', `pod VM ${record.podVmId} has no address for the tunnel`);
  }
  return address;
}

export const tlsDirectoryOf = (record: SandboxRecord) => join(dirname(record.agentSocketPath), 'tls');

export class WorkerStarter implements Starter {
  readonly #settings: StarterSettings;
  readonly #parts: StarterParts;
  /** Being issued since CreateVM; the VM's key is here and nowhere else until it is in user-data. */
  readonly #prepared = new Map<SandboxId, Promise<PodVmCredentials>>();

  constructor(settings: StarterSettings, parts: StarterParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  prepare(pod: SandboxPod, podVmName: string): void {
    this.#parts.duties?.prepare(pod);
    if (this.#settings.tlsDisabled) return;
    const issuing = this.#parts.credentials.issue(podVmName);
    issuing.catch(() => {}); // heard of in createPodVm
    this.#prepared.set(pod.sandboxId, issuing);
  }

  discard(sandboxId: SandboxId): void {
    this.#prepared.delete(sandboxId);
    this.#parts.duties?.discard(sandboxId);
  }

  announce(record: SandboxRecord): void {
    for (const wanted of wantedPeerPods([record])) this.#parts.duties?.announce(wanted);
  }

  resumeAnnouncements(records: () => readonly SandboxRecord[]): void {
    this.#parts.duties?.resume(() => wantedPeerPods(records()));
  }

  async listen(record: SandboxRecord): Promise<void> {
    const { clock, relay, folders } = this.#parts;
    await folders.make(dirname(record.agentSocketPath));
    using limits = deadlineSignal(clock, relayCallMsMax, 'the relay');
    await abortable(relay.listen(record.sandboxId, record.agentSocketPath), limits.signal);
  }

  async createPodVm(record: SandboxRecord, signal: AbortSignal): Promise<MadePodVm | FailedPodVm> {
    let spec: PodVmSpec;
    let credentials: PodVmCredentials | undefined;
    try {
      const [taken, registryAuth] = await Promise.all([
        this.#takeCredentials(record),
        this.#askKubernetes(record, signal),
      ]);
      credentials = taken;
      spec = this.#podVmSpec(record, this.#fittingUserData(record, credentials, registryAuth));
    } catch (error) {
      return { error: asPeerPodError(error, 'E_POD_VM_CREATE', 'prepare the pod VM'), mayAppear: false };
    }
    using limits = deadlineSignal(this.#parts.clock, createMsMax, 'create of the provider', signal);
    const [made, kept] = await Promise.allSettled([
      this.#parts.provider.create(spec, { signal: limits.signal }),
      credentials && this.#parts.folders.keepIdentity(tlsDirectoryOf(record), credentials.relay),
    ]);
    if (made.status === 'rejected') return this.#failed(record, made.reason, limits.signal);
    const { id: podVmId, addresses } = made.value;
    if (kept.status === 'rejected') {
      return { error: asPeerPodError(kept.reason, 'E_IO', 'keep the client identity'), podVmId, mayAppear: false };
    }
    return {
      podVmId,
      addresses,
      tlsServerName: credentials?.serverName ?? record.podVmName,
      ...(credentials?.serverFingerprint256 && { serverFingerprint256: credentials.serverFingerprint256 }),
    };
  }

  #failed(record: SandboxRecord, error: unknown, signal: AbortSignal): FailedPodVm {
    const { podVmId } = error instanceof ProviderError ? error : {};
    return {
      error: signal.aborted
        ? asPeerPodError(signal.reason, 'E_ABORTED', 'StartVM ended')
        : translateProviderError(error, `create the pod VM of sandbox ${record.sandboxId}`),
      ...(podVmId !== undefined && { podVmId }),
      mayAppear: podVmId === undefined && !refusedBeforeMaking(error),
    };
  }

  /** Those that CreateVM began to issue, or new ones after a restart of the adaptor. */
  async #takeCredentials(record: SandboxRecord): Promise<PodVmCredentials | undefined> {
    const { credentials, clock, observer = silentObserver } = this.#parts;
    if (this.#settings.tlsDisabled) return undefined;
    const from = clock.now();
    let ok = false;
    try {
      const taken = await (this.#prepared.get(record.sandboxId) ?? credentials.issue(record.podVmName));
      ok = true;
      return taken;
    } finally {
      this.#prepared.delete(record.sandboxId);
      observer.stageEnded('credentials', ok, clock.now() - from);
    }
  }

  /** Registry credentials, and the PeerPod before the pod VM; both were begun in CreateVM. */
  async #askKubernetes(record: SandboxRecord, signal: AbortSignal): Promise<Secret<string> | undefined> {
    const { duties, clock, observer = silentObserver } = this.#parts;
    if (!duties) return undefined;
    this.announce(record); // CreateVM may have been an earlier process's
    const { podName, podNamespace } = record.request;
    const from = clock.now();
    let ok = false;
    try {
      const auth = await duties.beforePodVm({ sandboxId: record.sandboxId, podName, podNamespace }, signal);
      ok = true;
      return auth;
    } finally {
      observer.stageEnded('kubernetes', ok, clock.now() - from);
    }
  }

  #podVmSpec(record: SandboxRecord, userData: string): PodVmSpec {
    const { owner, userDataBytesMax } = this.#settings;
    const { request, network, volumes } = record;
    const bytes = Buffer.byteLength(userData);
    if (bytes > userDataBytesMax) {
      throw new PeerPodError(
        'E_USER_DATA_TOO_LARGE',
        `${bytes} bytes of user-data, the provider takes ${userDataBytesMax}`,
      );
    }
    return {
      sandboxId: record.sandboxId,
      name: record.podVmName,
      podName: request.podName,
      podNamespace: request.podNamespace,
      owner,
      userData,
      sizing: {
        ...(request.instanceType !== undefined && { instanceType: request.instanceType }),
        ...(request.vcpus !== undefined && { vcpus: request.vcpus }),
        ...(request.memoryMiB !== undefined && { memoryMiB: request.memoryMiB }),
        ...(request.gpus !== undefined && { gpus: request.gpus }),
        ...(request.gpuModel !== undefined && { gpuModel: request.gpuModel }),
      },
      ...(request.image !== undefined && { image: request.image }),
      ...((network.externalNetViaPodVm || network.dedicated) && { dedicatedInterface: true }),
      ...(volumes && { volumes: volumes.map(({ diskId }) => diskId) }),
    };
  }

  /** Without the registry credentials where they make it too long: public images start all the same. */
  #fittingUserData(
    record: SandboxRecord,
    credentials: PodVmCredentials | undefined,
    registryAuth: Secret<string> | undefined,
  ): string {
    const whole = this.#userData(record, credentials, registryAuth).reveal();
    const bytes = Buffer.byteLength(whole);
    if (!registryAuth || bytes <= this.#settings.userDataBytesMax) return whole;
    const { sandboxId } = record;
    this.#parts.log.warn({ sandboxId, bytes }, 'registry credentials do not fit into the user-data and are left out');
    return this.#userData(record, credentials, undefined).reveal();
  }

  #userData(
    record: SandboxRecord,
    credentials: PodVmCredentials | undefined,
    registryAuth: Secret<string> | undefined,
  ): Secret<string> {
    const { tlsProfile, globalInitdata, scratchSpace } = this.#settings;
    const { certPem, key, clientCaPem } = credentials?.podVm ?? {};
    return encodeBootFiles({
      forwarder: {
        podNetwork: encodePodNetwork(record.network),
        podNamespace: record.request.podNamespace,
        podName: record.request.podName,
        ...(key && { tlsServerKey: key }),
        ...(certPem !== undefined && { tlsServerCert: certPem }),
        ...(clientCaPem !== undefined && { tlsClientCa: clientCaPem }),
        ...(credentials && { tlsMinVersion: tlsProfile.minVersion, tlsCipherSuites: tlsProfile.cipherSuites }),
      },
      registryAuth,
      initdataToml: record.request.initdata,
      globalInitdata,
      scratchSpace,
    });
  }

  planTunnel(record: SandboxRecord): NodeEndRecord {
    const { network } = record;
    return {
      netns: record.netnsPath,
      podInterface: network.interface,
      vni: network.vni,
      port: network.vxlanPort,
      remote: tunnelAddress(record),
      local: parsePrefix(network.workerNodeIp).address,
      podMtu: network.mtu,
    };
  }

  setUpTunnel(tunnel: NodeEndRecord): Promise<NodeEndRecord> {
    return this.#parts.tunnels.setUp(tunnel);
  }

  async connectRelay(record: SandboxRecord, signal: AbortSignal): Promise<void> {
    const { forwarderPort, relayTimeoutMs, tlsDisabled, tlsProfile } = this.#settings;
    const host = record.addresses?.[0];
    if (host === undefined) throw new PeerPodError('E_POD_VM_NO_ADDRESS', `pod VM ${record.podVmId} has no address`);
    const { sandboxId, agentSocketPath: socketPath, serverFingerprint256 } = record;
    const tls = {
      directory: tlsDirectoryOf(record),
      serverName: record.tlsServerName ?? record.podVmName,
      ...(serverFingerprint256 !== undefined && { serverFingerprint256 }),
      ...tlsProfile,
    };
    const attachment = {
      sandboxId,
      socketPath,
      host,
      port: forwarderPort,
      ...(record.volumes && { volumes: record.volumes }),
      tls: tlsDisabled ? undefined : tls,
    };
    await this.#parts.relay.connect(attachment, { timeoutMs: relayTimeoutMs, signal });
  }

  async afterStart({ sandboxId, podVmId }: SandboxRecord, signal: AbortSignal): Promise<void> {
    const { provider, clock, log } = this.#parts;
    if (!provider.liveUserData || podVmId === undefined) return;
    for (let attempt = 1; attempt <= forgetTriesMax; attempt += 1) {
      try {
        return await provider.liveUserData.replace(podVmId, emptyUserData, { signal });
      } catch (error) {
        log.warn({ sandboxId, podVmId, attempt, error }, 'the provider keeps the user-data');
        await sleep(clock, forgetEveryMs, signal);
      }
    }
  }
}

/** Of those that have one. */
function wantedPeerPods(records: readonly SandboxRecord[]): readonly WantedPeerPod[] {
  return records.flatMap(({ sandboxId, request: { podName, podNamespace }, createdAtMs, podVmId, peerPod }) => {
    if (!peerPod) return [];
    return [{ sandboxId, podName, podNamespace, name: peerPod.name, sandboxCreatedAtMs: createdAtMs, podVmId }];
  });
}

/** Verdicts that a cloud gives before it makes anything. */
function refusedBeforeMaking(error: unknown): boolean {
  if (!(error instanceof ProviderError)) return false;
  return ['no-capacity', 'quota', 'throttled', 'auth', 'invalid-configuration', 'not-found'].includes(error.code);
}
