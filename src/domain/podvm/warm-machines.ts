/** Warm VMs one by one: asked of the provider with an identity of its own, until it waits, and ended for good. */

import type { Owner, PodVmProvider, WarmInstance, WarmInstances } from '@peerpods/provider';
import { ProviderError } from '@peerpods/provider';
import { type BackoffPolicy, backoffDelayMs } from '#base/backoff.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { deadlineSignal } from '#base/signals.ts';
import { bootstrapPath, encodeBootstrap } from '#codec/assignment.ts';
import { encodeUserData } from '#codec/user-data.ts';
import { issuePodIdentity } from '#io/certificate-authority.ts';
import { type AssignmentTarget, askWaiting, type BootstrapClient } from './assign.ts';
import type { WarmRecord, WarmRecords } from './warm-records.ts';
import { defaultShape } from './warm-shapes.ts';

export interface WarmMachinesOptions {
  readonly provider: PodVmProvider;
  readonly warm: WarmInstances;
  readonly owner: Owner;
  /** Where a VM waits. */
  readonly port: number;
  readonly records: WarmRecords;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** From asking for a VM until it waits. */
  readonly bootMsMax: number;
  /** How often a VM that is booting is asked. */
  readonly bootPollMs: number;
}

export interface WarmMachine {
  readonly record: WarmRecord;
  readonly warmId: string;
  readonly client: BootstrapClient;
  readonly address: string | undefined;
}

const askMsMax = 5000;
const providerCallMsMax = 120_000;
export const warmBackoff: BackoffPolicy = { firstMs: 1000, factor: 2, capMs: 120_000, jitterMs: 1000 };

export class WarmMachines {
  readonly #options: WarmMachinesOptions;

  constructor(options: WarmMachinesOptions) {
    this.#options = options;
  }

  get records(): WarmRecords {
    return this.#options.records;
  }

  /** Key and record are written before the provider is asked; what fails leaves them for `forget`. */
  async raise(batchId: string, shape: string, signal: AbortSignal): Promise<WarmMachine> {
    const { warm, owner, records, clock } = this.#options;
    const { client, userData } = await this.#identity(batchId);
    const record: WarmRecord = { version: 1, batchId, shape, createdAtMs: clock.wallNow() };
    await records.writeClient(batchId, client);
    await records.write(record);
    using limits = deadlineSignal(clock, providerCallMsMax, 'prepare a warm pod VM', signal);
    const spec = { batchId, count: 1, owner, userData, ...(shape !== defaultShape && { instanceType: shape }) };
    const [made] = await warm.prepare(spec, { signal: limits.signal });
    if (!made) throw new PeerPodError('E_POD_VM_CREATE', 'the provider prepared no warm pod VM');
    const machine = { record: { ...record, warmId: made.id }, warmId: made.id, client, address: made.addresses[0] };
    await records.write(machine.record);
    return machine;
  }

  /** Resolves, with an address, once the VM says that it waits. */
  async untilWaiting(machine: WarmMachine, signal: AbortSignal): Promise<WarmMachine> {
    const { clock, bootMsMax, bootPollMs } = this.#options;
    using limits = deadlineSignal(clock, bootMsMax, 'the boot of a warm pod VM', signal);
    let { address } = machine;
    for (;;) {
      try {
        address ??= (await this.list(limits.signal)).find(({ id }) => id === machine.warmId)?.addresses[0];
        if (address !== undefined) {
          await this.ask({ ...machine, address }, limits.signal);
          return { ...machine, address };
        }
      } catch (error) {
        limits.signal.throwIfAborted();
        if (error instanceof ProviderError && error.code === 'not-found') throw error;
      }
      await sleep(clock, bootPollMs, limits.signal);
    }
  }

  targetOf({ address, client }: WarmMachine): AssignmentTarget {
    if (address === undefined) throw new PeerPodError('E_POD_VM_NO_ADDRESS', 'a warm pod VM has no address');
    return { host: address, port: this.#options.port, client };
  }

  /** Rejects when the VM does not wait. */
  async ask(machine: WarmMachine, signal: AbortSignal): Promise<void> {
    using limits = deadlineSignal(this.#options.clock, askMsMax, 'ask a warm pod VM', signal);
    await askWaiting(this.targetOf(machine), limits.signal);
  }

  async list(signal: AbortSignal): Promise<readonly WarmInstance[]> {
    const { warm, owner, clock } = this.#options;
    using limits = deadlineSignal(clock, providerCallMsMax, 'list warm pod VMs', signal);
    return await warm.list(owner, { signal: limits.signal });
  }

  /** Repeats, with growing delays, until the provider says that nothing is left. */
  async end(warmId: string, signal: AbortSignal): Promise<void> {
    const { provider, clock } = this.#options;
    await this.repeated('end a warm pod VM', signal, async () => {
      using limits = deadlineSignal(clock, providerCallMsMax, 'end a warm pod VM', signal);
      const outcome = await provider.delete(warmId, { signal: limits.signal });
      if (outcome !== 'gone') throw new PeerPodError('E_POD_VM_DELETE', `${warmId} is being deleted`);
    });
  }

  /** Until it works; rejects only when aborted. */
  async repeated<T>(what: string, signal: AbortSignal, body: () => Promise<T>): Promise<T> {
    const { clock, random, log } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await body();
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ what, attempt, error: errorText(error) }, 'tried again');
        const delayMs = backoffDelayMs(warmBackoff, attempt, () => random.fraction());
        await sleep(clock, delayMs, signal);
      }
    }
  }

  /** The VM's half is in its user-data and nowhere else. */
  async #identity(batchId: string): Promise<{ client: BootstrapClient; userData: string }> {
    const serverName = `podvm-warm-${batchId}`;
    const issued = issuePodIdentity({ serverName, clock: this.#options.clock });
    const client = {
      serverName,
      serverFingerprint256: issued.serverFingerprint256,
      caPem: issued.caCertPem,
      certPem: issued.clientCertPem,
      key: issued.clientKeyPem,
    };
    const content = encodeBootstrap({
      tlsServerKey: issued.serverKeyPem,
      tlsServerCert: issued.serverCertPem,
      tlsClientCa: issued.clientCertPem,
    });
    return { client, userData: encodeUserData([{ path: bootstrapPath, content }]).reveal() };
  }
}
