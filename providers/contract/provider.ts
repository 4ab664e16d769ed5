/** The contract of a provider. The comments are the specification; conformance.ts holds every provider to them. */

import type { ProviderCapabilities } from './capabilities.ts';
import type { Clock, Random } from './clock.ts';
import type { OptionSpec, OptionValues } from './options.ts';
import type { Owner, PodVm, PodVmSpec } from './pod-vm.ts';

export interface CallOptions {
  /** Ends the call early with ProviderError `aborted`. What was already made is found again by `create` or `list`. */
  readonly signal: AbortSignal;
}

/** The optional capabilities are properties: what is present works, what is absent the provider can not do. */
export interface PodVmProvider extends ProviderCapabilities {
  /**
   * Makes the pod VM of `spec.sandboxId`, or finds the one that an earlier call made, and resolves once it has the
   * addresses that traffic will go to. Never makes a second VM for a sandbox id: not after a lost answer, not when
   * called twice at once. User-data that is too long is refused before any call. If it fails after something was
   * made, the error carries `podVmId`.
   */
  create(spec: PodVmSpec, options: CallOptions): Promise<PodVm>;
  /**
   * Asks for the end of a pod VM and of everything that was made with it (disks, NICs, addresses); disks named in
   * `volumes` stay. `gone`: nothing is left. `deleting`: the cloud accepted it; call again to learn of the end.
   * A VM that does not exist is `gone`, never an error; an empty id is `invalid-configuration`. May be called during
   * `create`, and for what a failed create left.
   */
  delete(podVmId: string, options: CallOptions): Promise<'deleting' | 'gone'>;
  /** The pod VM as the cloud sees it now, or undefined. */
  get(podVmId: string, options: CallOptions): Promise<PodVm | undefined>;
  /** Every pod VM with this owner's tags, also those that no record knows. May lag behind by the cloud's consistency. */
  list(owner: Owner, options: CallOptions): Promise<readonly PodVm[]>;
  /** Checks credentials and referenced resources; throws a ProviderError that names what is wrong. */
  verify(options: CallOptions): Promise<void>;
  /** Releases connections and timers, after work that outlives its caller has ended. Never ends a pod VM. */
  close(): Promise<void>;
}

/** What a provider is given by its host; no provider reads the environment or the clock for itself. */
export interface ProviderHost {
  readonly log: ProviderLog;
  readonly clock: Clock;
  readonly random: Random;
  /** Whose pod VMs will be made, for checks before the first one; absent where only others' calls tell. */
  readonly owner?: Owner;
  /** The programs of a pod VM, for providers that start them themselves (local). Each is a command with arguments. */
  readonly podVmPrograms?: {
    readonly processUserData: readonly string[];
    readonly forwarder: readonly string[];
    readonly agent: readonly string[];
  };
  /** Absent where the host can not ask Kubernetes. */
  readonly kubernetes?: KubernetesFacts;
  /** A directory of the provider's own that survives restarts, mode 0700. */
  readonly stateDir: string;
}

/** What Kubernetes tells of the worker and its cluster, for settings that nobody gave. */
export interface KubernetesFacts {
  nodeLabels(options: CallOptions): Promise<Readonly<Record<string, string>>>;
  /** Undefined: there is none. */
  configMap(
    namespace: string,
    name: string,
    options: CallOptions,
  ): Promise<Readonly<Record<string, string>> | undefined>;
}

export interface ProviderLog {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
}

/** What a provider package exports, as `provider`. */
export interface ProviderModule {
  /** The word on the command line: `cloud-api-adaptor NAME`. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  /** Longest user-data that this provider can deliver, in bytes of cloud-config text. */
  readonly userDataBytesMax: number;
  /** How long `list` may hide a pod VM after a `create` that gave no answer, in ms. Absent: a minute. */
  readonly listLagMsMax?: number;
  open(values: OptionValues, host: ProviderHost): Promise<PodVmProvider>;
}
