/** Looks, again and again, for what does not fit together on this worker, and mends it once it has lasted long enough. */

import type { Owner, PodVmProvider } from '@peerpods/provider';
import { parseSandboxId } from '#base/brands.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { deadlineSignal } from '#base/signals.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { SandboxDuties } from '../node-duties/sandbox-duties.ts';
import type { RelayControl } from '../relay/control.ts';
import { type Finding, findings, LastingFindings, type Observation } from './findings.ts';
import type { Sandboxes } from './sandboxes.ts';

export interface CaretakerParts {
  readonly sandboxes: Sandboxes;
  readonly provider: PodVmProvider;
  readonly owner: Owner;
  readonly relay: RelayControl;
  /** Absent outside of Kubernetes. */
  readonly duties?: SandboxDuties | undefined;
  readonly exists: (path: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
  /** Each look's findings, for those who count. */
  readonly onFindings?: (found: readonly Finding[], mended: readonly Finding[]) => void;
}

export interface Look {
  readonly found: readonly Finding[];
  /** Those that have lasted their grace. */
  readonly due: readonly Finding[];
  /** What could not be asked. */
  readonly unasked: readonly ('provider' | 'relay' | 'kubernetes')[];
}

const lookEveryMs = 60_000;
/** After the start: callers that were held come first. */
const firstLookMs = 5000;
/** One call to provider or relay. */
const askMsMax = 60_000;
/** Mended at once; the rest at the next look. */
const mendedMax = 32;

export class Caretaker implements AsyncDisposable {
  readonly #parts: CaretakerParts;
  readonly #lasting = new LastingFindings();
  readonly #scope: TaskScope;

  constructor(parts: CaretakerParts) {
    this.#parts = parts;
    this.#scope = new TaskScope((error, task) => parts.log.error({ task, error }, 'task failed'));
  }

  /** Begins to look after the worker, until disposed. */
  start(): void {
    this.#scope.run('look after the worker', async (signal) => {
      for (let delayMs = firstLookMs; ; delayMs = lookEveryMs) {
        await sleep(this.#parts.clock, delayMs, signal);
        const { found, due } = await this.look();
        await this.mend(due);
        this.#parts.onFindings?.(found, due);
      }
    });
  }

  async look(): Promise<Look> {
    const observed = await this.#observe();
    const found = findings(observed);
    const unasked = [
      ...(observed.podVms ? [] : ['provider' as const]),
      ...(observed.relay ? [] : ['relay' as const]),
      ...(observed.peerPods || !this.#parts.duties ? [] : ['kubernetes' as const]),
    ];
    return { found, due: this.#lasting.due(found, this.#parts.clock.now()), unasked };
  }

  /** Never rejects: what fails is found again. */
  async mend(due: readonly Finding[]): Promise<void> {
    const { log } = this.#parts;
    await Promise.all(
      due.slice(0, mendedMax).map(async (finding) => {
        log.warn({ ...finding }, 'mending');
        try {
          await this.#mendOne(finding);
        } catch (error) {
          log.error({ ...finding, error }, 'not mended');
        }
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
  }

  async #mendOne(finding: Finding): Promise<void> {
    const { sandboxes, clock } = this.#parts;
    const sandboxId = parseSandboxId(finding.sandboxId);
    using limits = deadlineSignal(clock, askMsMax, `mending ${finding.what}`, this.#scope.signal);
    switch (finding.what) {
      case 'ended-pod':
      case 'unknown-pod-vm':
      case 'unknown-socket':
        return await sandboxes.stop(sandboxId, limits.signal);
      case 'unknown-peer-pod':
        return await sandboxes.stop(sandboxId, limits.signal, finding);
      case 'not-relayed':
        return await sandboxes.reconnect(sandboxId, limits.signal);
      case 'lost-pod-vm':
        return; // its shim finds out by itself, and stops it
    }
  }

  /** Records last: whatever was made before the others were asked is on record by then. */
  async #observe(): Promise<Observation> {
    const { sandboxes, provider, owner, relay, exists, duties } = this.#parts;
    const [podVms, relayed] = await Promise.all([
      this.#ask('the provider', (signal) => provider.list(owner, { signal })),
      this.#ask('the relay', () => relay.list()),
    ]);
    const peerPods = duties?.seen;
    const records = sandboxes.records();
    const withoutNetns = new Set<string>();
    for (const { sandboxId, netnsPath } of records) if (!(await exists(netnsPath))) withoutNetns.add(sandboxId);
    return {
      records,
      unreadable: sandboxes.unreadable,
      withoutNetns,
      podVms,
      peerPods,
      relay: relayed && new Map(relayed.map(({ sandboxId, connected }) => [sandboxId, connected])),
    };
  }

  async #ask<T>(whom: string, body: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const { clock, log } = this.#parts;
    using limits = deadlineSignal(clock, askMsMax, whom, this.#scope.signal);
    try {
      return await body(limits.signal);
    } catch (error) {
      log.warn({ whom, error: errorText(error) }, 'could not be asked');
      return undefined;
    }
  }
}
