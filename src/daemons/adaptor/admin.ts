/** What peerpodctl asks of the adaptor, on the same socket as the shim. Messages are JSON. */

import type { Netlink } from '@peerpods/netlink';
import type { OptionValues, Owner, PodVmProvider, ProviderModule } from '@peerpods/provider';
import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { RecentLines } from '#base/recent-lines.ts';
import { deadlineSignal } from '#base/signals.ts';
import {
  adminService,
  answerLog,
  type ConsoleAnswer,
  consoleBytesMax,
  decodeQuestion,
  encodeAnswer,
  type NodeAnswer,
  type PodVmsAnswer,
  type ProcessAnswer,
  type RelaysAnswer,
  type SandboxesAnswer,
  type ShownRecord,
  type SweepAnswer,
  sandboxesPageSize,
  type TunnelsAnswer,
  type VerifyAnswer,
} from '#daemons/admin-contract.ts';
import { packageVersion } from '#daemons/version.ts';
import { translateProviderError } from '#domain/podvm/provider-errors.ts';
import type { RelayControl } from '#domain/relay/control.ts';
import type { Caretaker } from '#domain/sandbox/caretaker.ts';
import type { SandboxRecord } from '#domain/sandbox/ledger.ts';
import type { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import { viewNodeEnd } from '#domain/tunnel/node-view.ts';
import type { ServiceTable } from '#io/ttrpc-server.ts';
import type { AdaptorSettings } from './settings.ts';

export interface AdminParts {
  readonly sandboxes: Sandboxes;
  readonly caretaker: Caretaker;
  readonly provider: PodVmProvider;
  readonly module: Pick<ProviderModule, 'name' | 'options'>;
  /** Of the module's options. */
  readonly values: OptionValues;
  readonly owner: Owner;
  readonly relay: RelayControl;
  readonly netlink: Netlink;
  readonly clock: Clock;
  readonly metrics: { readonly registry: { render(): Promise<string> } };
  readonly settings: AdaptorSettings;
  readonly recent: RecentLines;
}

/** For a cloud's answer. */
const askMsMax = 60_000;
/** Questions of people to the cloud at once: a loop gone mad must not use up what pods need. */
const asksMax = 8;

/** What people may see of a record: all of it but the pod's initdata. */
function shown({ request, ...record }: SandboxRecord): ShownRecord {
  const { initdata: _secret, ...rest } = request;
  return { ...record, request: rest };
}

export function adminServices(parts: AdminParts): ServiceTable {
  const { caretaker, provider, owner, relay, metrics, recent } = parts;
  const ask = askingOf(parts);
  return {
    [adminService]: {
      Sandboxes: async (payload) => encodeAnswer(sandboxesAnswer(parts, payload)),
      /** Findings; with dryRun=false those that are due are mended, with all=true also those that are not due yet. */
      Sweep: async (payload, { signal }) => {
        const { dryRun = true, all = false } = decodeQuestion(payload);
        const look = await ask('look for what does not fit', signal, () => caretaker.look());
        const chosen = all === true ? look.found : look.due;
        if (dryRun === false) await caretaker.mend(chosen);
        return encodeAnswer({ ...look, mended: dryRun === false ? chosen : [] } satisfies SweepAnswer);
      },
      Node: async () => encodeAnswer(nodeAnswer(parts)),
      Process: async () =>
        encodeAnswer({
          program: 'cloud-api-adaptor',
          version: packageVersion(),
          pid: process.pid,
          metrics: await metrics.registry.render(),
        } satisfies ProcessAnswer),
      PodVms: (_, { signal }) =>
        ask('list pod VMs', signal, async (limit) =>
          encodeAnswer({ podVms: await provider.list(owner, { signal: limit }) } satisfies PodVmsAnswer),
        ),
      Relays: async () => encodeAnswer({ relays: await relay.list() } satisfies RelaysAnswer),
      Tunnels: async () => encodeAnswer(await tunnelsAnswer(parts)),
      Log: async (payload) => answerLog(recent, payload),
      Console: async (payload, { signal }) => encodeAnswer(await consoleAnswer(parts, ask, payload, signal)),
      Verify: async (_, { signal }) => encodeAnswer(await verifyAnswer(parts, ask, signal)),
    },
  };
}

function sandboxesAnswer({ sandboxes, module }: AdminParts, payload: Uint8Array): SandboxesAnswer {
  const { skip = 0 } = decodeQuestion(payload);
  if (typeof skip !== 'number' || !Number.isSafeInteger(skip) || skip < 0) {
    throw new PeerPodError('E_ARGUMENT', 'skip must be a whole number');
  }
  return {
    provider: module.name,
    sandboxes: sandboxes
      .records()
      .slice(skip, skip + sandboxesPageSize)
      .map(shown),
  };
}

type Ask = <T>(what: string, signal: AbortSignal, body: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Calls to the provider on a caller's behalf, bounded in time and number, with the provider's error translated. */
function askingOf({ clock }: AdminParts): Ask {
  let asks = 0;
  return async (what, signal, body) => {
    if (asks >= asksMax)
      throw new PeerPodError('E_LIMIT', `${what}: ${asksMax} such questions are being asked already`);
    asks += 1;
    using limit = deadlineSignal(clock, askMsMax, what, signal);
    try {
      return await body(limit.signal);
    } catch (error) {
      throw translateProviderError(error, what);
    } finally {
      asks -= 1;
    }
  };
}

/** As each provider calls it: what is copied or booted for a pod VM. */
const imageOption = /^(imageid|image-id|template|vol-name|qemu-image-dir|qemu-disk)$/;

function imageOf({ module, values }: AdminParts): NodeAnswer['image'] {
  return module.options
    .filter(({ flag, secret, kind }) => imageOption.test(flag) && !secret && kind === 'string')
    .map(({ flag }) => ({ option: flag, value: String(values[flag] ?? '') }));
}

function nodeAnswer(parts: AdminParts): NodeAnswer {
  const { sandboxes, settings, module } = parts;
  const { stateDir, podsDir, vxlanPort, forwarderPort, relaySocket, probePort, warmShapes } = settings;
  const { caCertFile, client } = settings.credentialFiles;
  const credentialFiles = [
    { what: 'CA of pod VMs', path: caCertFile },
    { what: 'client certificate', path: client?.certFile },
    { what: 'client key', path: client?.keyFile },
  ].flatMap(({ what, path }) => (path === undefined ? [] : [{ what, path }]));
  return {
    provider: module.name,
    cluster: settings.cluster,
    node: settings.node,
    podVmsMax: settings.podVmsMax,
    byState: sandboxes.countByState(),
    image: imageOf(parts),
    settings: {
      stateDir,
      podsDir,
      vxlanPort,
      forwarderPort,
      relaySocket,
      probePort,
      credentialFiles,
      warmPool: Object.fromEntries(warmShapes.map((shape) => [shape.name, shape.count])),
    },
  };
}

/** One after another: a look is three short exchanges with the kernel, and starts of pods want it, too. */
async function tunnelsAnswer({ sandboxes, netlink }: AdminParts): Promise<TunnelsAnswer> {
  const tunnels: TunnelsAnswer['tunnels'][number][] = [];
  for (const { sandboxId, tunnel } of sandboxes.records()) {
    if (tunnel) tunnels.push({ sandboxId, ...(await viewNodeEnd(tunnel, netlink)) });
  }
  return { tunnels };
}

async function consoleAnswer(
  parts: AdminParts,
  ask: Ask,
  payload: Uint8Array,
  signal: AbortSignal,
): Promise<ConsoleAnswer> {
  const { podVmId, bytes = consoleBytesMax } = decodeQuestion(payload);
  if (typeof podVmId !== 'string' || podVmId === '') throw new PeerPodError('E_ARGUMENT', 'podVmId must be a string');
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 1 || bytes > consoleBytesMax) {
    throw new PeerPodError('E_ARGUMENT', `bytes must be a whole number up to ${consoleBytesMax}`);
  }
  const { console } = parts.provider;
  if (!console) throw new PeerPodError('E_ARGUMENT', `provider ${parts.module.name} keeps no console of its pod VMs`);
  const text = await ask(`read the console of ${podVmId}`, signal, (limit) =>
    console.read(podVmId, bytes, { signal: limit }),
  );
  if (text === undefined)
    throw new PeerPodError('E_ARGUMENT', `provider ${parts.module.name} has no pod VM ${podVmId}`);
  return { text };
}

async function verifyAnswer(parts: AdminParts, ask: Ask, signal: AbortSignal): Promise<VerifyAnswer> {
  try {
    await ask(`verify the settings of ${parts.module.name}`, signal, (limit) =>
      parts.provider.verify({ signal: limit }),
    );
    return {};
  } catch (error) {
    if (signal.aborted || !(error instanceof PeerPodError)) throw error;
    return { error: error.message };
  }
}
