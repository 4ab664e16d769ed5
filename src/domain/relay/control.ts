/** What the adaptor asks of the relay, in the same process or in another. */

import type { PodVolume } from '#codec/direct-volumes.ts';

export interface RelayAttachment {
  readonly sandboxId: string;
  readonly socketPath: string;
  readonly host: string;
  readonly port: number;
  /** The disks that were attached to the pod VM, with their LUNs; absent: what CSI drivers left on the worker counts. */
  readonly volumes?: readonly PodVolume[];
  /** Absent: plain TCP. The directory holds ca.pem, client.pem and client.key. */
  readonly tls:
    | {
        readonly directory: string;
        readonly serverName: string;
        readonly serverFingerprint256?: string;
        readonly minVersion?: string;
        readonly cipherSuites?: readonly string[];
      }
    | undefined;
}

export interface RelayStatus {
  readonly sandboxId: string;
  readonly socketPath: string;
  readonly connected: boolean;
  readonly shimConnections: number;
  /** Absent: a relay that does not count. */
  readonly traffic?: RelayTraffic;
}

/** Of one sandbox, since this relay has it. */
export interface RelayTraffic {
  readonly calls: number;
  readonly callsInFlight: number;
  readonly bytesToVm: number;
  readonly bytesToShim: number;
  /** How often a connection to the pod VM broke and was dialled again. */
  readonly reconnections: number;
  /** Calls in flight that the pod VM's end lost: answered UNAVAILABLE. */
  readonly callsLost: number;
  /** Likewise, and asked again: an answer that was on its way, such as a piece of output, is lost. */
  readonly callsRepeated: number;
}

/** What a relay tells of a sandbox that it hands to another, in parts of some callers each. */
export interface MovedSandbox {
  readonly socketPath: string;
  readonly attachment: RelayAttachment | undefined;
  readonly callers: readonly object[];
}

/** What one relay asks of another that it replaces. Sockets come as datagrams to `datagramPath`. */
export interface RelaySuccession {
  /** From now on what is asked of it is refused with E_RELAY_MOVED; gives the sandboxes that it still has. */
  beginRetirement(): Promise<readonly RelayStatus[]>;
  /** Call again until no callers come. */
  moveSandbox(sandboxId: string, datagramPath: string): Promise<MovedSandbox>;
  /** The callers of hypervisor.sock, likewise. */
  moveFront(datagramPath: string): Promise<readonly object[]>;
  /** The end of the relay that was asked. */
  retire(): Promise<void>;
}

export interface RelayControl {
  /** Makes the socket that the shim dials; its calls wait until `connect` has resolved. */
  listen(sandboxId: string, socketPath: string): Promise<void>;
  /** Resolves after a Health.Check came back from the pod VM. */
  connect(
    attachment: RelayAttachment,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<void>;
  detach(sandboxId: string): Promise<void>;
  list(): Promise<readonly RelayStatus[]>;
}
