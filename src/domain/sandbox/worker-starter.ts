/** Starts sandboxes on this worker: relay, identity, pod VM and tunnel put together. */

import { dirname, join } from 'node:path';
import { parsePrefix } from '@peerpods/netlink/addresses';
import type { Owner, PodVmProvider } from '@peerpods/provider';
import { ProviderError } from '@peerpods/provider';
import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { encodePodNetwork } from '#codec/pod-network.ts';
import type { TlsProfile } from '#codec/tls-profile.ts';
import { issuePodIdentity, type PodIdentity } from '#io/certificate-authority.ts';
import { ensureDirectory, writeFileAtomically } from '#io/files.ts';
import { encodeBootFiles } from '../podvm/boot-files.ts';
import { translateProviderError } from '../podvm/provider-errors.ts';
import type { RelayControl } from '../relay/control.ts';
import { type NodeEndRecord, setUpNodeEnd, type TunnelContext } from '../tunnel/node-end.ts';
import type { SandboxRecord } from './ledger.ts';
import type { MadePodVm, Starter } from './ports.ts';

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
  readonly relay: RelayControl;
  readonly tunnel: TunnelContext;
  readonly clock: Clock;
  readonly log: Log;
}

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

  constructor(settings: StarterSettings, parts: StarterParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  async listen(record: SandboxRecord): Promise<void> {
    await ensureDirectory(dirname(record.agentSocketPath));
    await this.#parts.relay.listen(record.sandboxId, record.agentSocketPath);
  }

  async createPodVm(record: SandboxRecord, signal: AbortSignal): Promise<MadePodVm> {
    const { owner, userDataBytesMax } = this.#settings;
    const { provider, clock } = this.#parts;
    const { request, podVmName } = record;
    const identity = await issuePodIdentity({ serverName: podVmName, clock });
    await this.#keepClientIdentity(record, identity);
    const userData = this.#userData(record, identity).reveal();
    const bytes = Buffer.byteLength(userData);
    if (bytes > userDataBytesMax) {
      throw new PeerPodError(
        'E_USER_DATA_TOO_LARGE',
        `${bytes} bytes of user-data, the provider takes ${userDataBytesMax}`,
      );
    }
    try {
      const podVm = await provider.create(
        {
          sandboxId: record.sandboxId,
          name: podVmName,
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
          ...(record.network.externalNetViaPodVm && { dedicatedInterface: true }),
        },
        { signal },
      );
      return {
        podVmId: podVm.id,
        addresses: podVm.addresses,
        serverFingerprint256: identity.serverFingerprint256,
      };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProviderError && error.podVmId !== undefined) {
        this.#parts.log.warn({ sandboxId: record.sandboxId, podVmId: error.podVmId }, 'pod VM made in part');
      }
      throw translateProviderError(error, `create the pod VM of sandbox ${record.sandboxId}`);
    }
  }

  /** 0600 on tmpfs, for a relay that is restarted. The server's key goes into user-data only. */
  async #keepClientIdentity(record: SandboxRecord, identity: PodIdentity): Promise<void> {
    if (this.#settings.tlsDisabled) return;
    const folder = tlsDirectoryOf(record);
    await ensureDirectory(folder);
    await writeFileAtomically(join(folder, 'ca.pem'), identity.caCertPem);
    await writeFileAtomically(join(folder, 'client.pem'), identity.clientCertPem);
    await writeFileAtomically(join(folder, 'client.key'), identity.clientKeyPem.reveal());
  }

  #userData(record: SandboxRecord, identity: PodIdentity) {
    const { tlsProfile, tlsDisabled, globalInitdata, scratchSpace } = this.#settings;
    return encodeBootFiles({
      forwarder: {
        podNetwork: encodePodNetwork(record.network),
        podNamespace: record.request.podNamespace,
        podName: record.request.podName,
        ...(!tlsDisabled && {
          tlsServerKey: identity.serverKeyPem,
          tlsServerCert: identity.serverCertPem,
          tlsClientCa: identity.clientCertPem,
          tlsMinVersion: tlsProfile.minVersion,
          tlsCipherSuites: tlsProfile.cipherSuites,
        }),
      },
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
      ownsQdisc: false,
    };
  }

  setUpTunnel(tunnel: NodeEndRecord): Promise<NodeEndRecord> {
    return setUpNodeEnd(tunnel, this.#parts.tunnel);
  }

  async connectRelay(record: SandboxRecord, signal: AbortSignal): Promise<void> {
    const { forwarderPort, relayTimeoutMs, tlsDisabled, tlsProfile } = this.#settings;
    const host = record.addresses?.[0];
    if (host === undefined) throw new PeerPodError('E_POD_VM_NO_ADDRESS', `pod VM ${record.podVmId} has no address`);
    const { sandboxId, agentSocketPath: socketPath, podVmName: serverName, serverFingerprint256 } = record;
    const tls = {
      directory: tlsDirectoryOf(record),
      serverName,
      ...(serverFingerprint256 !== undefined && { serverFingerprint256 }),
      ...tlsProfile,
    };
    const attachment = { sandboxId, socketPath, host, port: forwarderPort, tls: tlsDisabled ? undefined : tls };
    await this.#parts.relay.connect(attachment, { timeoutMs: relayTimeoutMs, signal });
  }
}
