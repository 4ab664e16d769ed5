/** A KataConfig and what is seen of the cluster, to what is to be done: pure. It owns a PeerPodConfig, no more. */

import type { KubeObject, ObjectKey } from '#io/kubernetes/api.ts';
import { apiVersionOf, KATA_CONFIG, PEER_POD_CONFIG } from '#io/kubernetes/kinds.ts';
import type { Action, Plan } from './actions.ts';
import { saysTheSame, timed, type Verdict } from './conditions.ts';
import { canonical, isAsWanted, marked } from './desired/difference.ts';
import type { KataConfig } from './kata-config.ts';
import { kataFinalizer, labelsOf } from './names.ts';
import { fieldsOf } from './reading.ts';

export interface KataObservation {
  readonly config: KataConfig;
  readonly chosen: string | undefined;
  readonly namespace: string;
  /** Every PeerPodConfig of that namespace. */
  readonly peerPodConfigs: readonly KubeObject[];
  /** Names of RuntimeClasses that Kata's pods use, of those that exist. */
  readonly runtimeClasses: readonly string[];
  readonly nodes: { readonly installed: readonly string[]; readonly installing: readonly string[] };
  /** Pods that use one of the classes: asked only while it ends. */
  readonly podsLeft: { readonly count: number; readonly example: string | undefined } | undefined;
  readonly failure: string | undefined;
  readonly nowMs: number;
}

/** What a KataConfig makes when there is no PeerPodConfig yet. */
export const peerPodConfigName = 'peerpodconfig';
const blockedLookMs = 15_000;
const deletionLookMs = 2000;
/** Of a status: the counts tell the rest. */
const namesMax = 500;

export function reconcileKata(observed: KataObservation): Plan {
  const { config, chosen, failure } = observed;
  const isChosen = chosen === config.name;
  if (config.deletedAtMs !== undefined) return config.held ? ending(observed, isChosen) : { actions: [] };
  if (!isChosen) {
    return { actions: statusActions(observed, idle('Failed', `only one KataConfig counts, and that is ${chosen}`)) };
  }
  const at = { key: keyOf(config), uid: config.uid };
  const held: Action[] = config.held ? [] : [{ do: 'add-finalizer', ...at, finalizer: kataFinalizer }];
  if (!config.enablePeerPods) return disabled(observed, held);
  if (config.fault !== undefined) {
    return { actions: [...held, ...statusActions(observed, idle('Failed', config.fault))] };
  }
  const own = ownConfig(observed);
  // One that somebody else made serves as well, and stays theirs.
  const other = observed.peerPodConfigs.find((one) => one !== own);
  const wanted = marked(peerPodConfig(observed));
  const applies: Action[] =
    (other && !own) || isAsWanted(own, wanted) || own?.metadata.deletionTimestamp !== undefined
      ? []
      : [{ do: 'apply', key: keyOfPeerPodConfig(observed), object: wanted }];
  const verdict = failure === undefined ? progress(own ?? other) : idle('Failed', failure);
  return { actions: [...held, ...statusActions(observed, verdict), ...applies] };
}

function keyOf({ name }: KataConfig): ObjectKey {
  return { kind: KATA_CONFIG, name };
}

function keyOfPeerPodConfig({ namespace }: KataObservation): ObjectKey {
  return { kind: PEER_POD_CONFIG, namespace, name: peerPodConfigName };
}

function ownConfig({ config, peerPodConfigs }: KataObservation): KubeObject | undefined {
  return peerPodConfigs.find(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === config.uid));
}

function peerPodConfig({ config, namespace }: KataObservation): KubeObject {
  const { name, uid, nodeLabels } = config;
  const apiVersion = apiVersionOf(KATA_CONFIG);
  const owner = { apiVersion, kind: KATA_CONFIG.kind, name, uid, controller: true, blockOwnerDeletion: true };
  return {
    apiVersion: apiVersionOf(PEER_POD_CONFIG),
    kind: PEER_POD_CONFIG.kind,
    metadata: { name: peerPodConfigName, namespace, labels: labelsOf('controller'), ownerReferences: [owner] },
    // Limit and names stay whoever's who writes them.
    spec: { nodeSelector: nodeLabels },
  };
}

/** Existing readers take an idle KataConfig to have neither reason nor message. */
function idle(reason = '', message = ''): Verdict {
  return { type: 'InProgress', status: 'False', reason, message };
}

function busy(reason: string, message: string): Verdict {
  return { type: 'InProgress', status: 'True', reason, message };
}

function progress(made: KubeObject | undefined): Verdict {
  if (!made) return busy('Installing', 'making the PeerPodConfig');
  const conditions = fieldsOf(made.status).conditions;
  const find = (type: string) =>
    (Array.isArray(conditions) ? conditions : []).map(fieldsOf).find((condition) => condition.type === type);
  const [available, progressing] = [find('Available'), find('Progressing')];
  const name = `PeerPodConfig ${made.metadata.name}`;
  if (available?.status !== 'True')
    return busy('Installing', `${name}: ${String(available?.message ?? 'not seen yet')}`);
  if (progressing?.status === 'True') return busy('Updating', `${name}: ${String(progressing.message ?? '')}`);
  return idle();
}

/** Peer pods off: the PeerPodConfig goes, and its own finalizer waits for the pods that are left. */
function disabled(observed: KataObservation, held: readonly Action[]): Plan {
  const own = ownConfig(observed);
  const verdict = own ? busy('Uninstalling', `deleting PeerPodConfig ${own.metadata.name}`) : idle();
  return { actions: [...held, ...statusActions(observed, verdict), ...deletionOf(own, observed)] };
}

function deletionOf(own: KubeObject | undefined, observed: KataObservation): readonly Action[] {
  if (!own || own.metadata.deletionTimestamp !== undefined) return [];
  const key = { ...keyOfPeerPodConfig(observed), name: own.metadata.name ?? '' };
  return [{ do: 'delete', key, uid: own.metadata.uid ?? '' }];
}

function ending(observed: KataObservation, isChosen: boolean): Plan {
  const { config, podsLeft } = observed;
  const release = { do: 'remove-finalizer', key: keyOf(config), uid: config.uid, finalizer: kataFinalizer } as const;
  if (!isChosen) return { actions: [release] };
  if (!podsLeft) return { actions: [], againMs: blockedLookMs }; // could not be asked
  if (podsLeft.count > 0) {
    const message = `${podsLeft.count} pods use Kata's runtime classes, ${podsLeft.example ?? ''} for one; delete them first`;
    const verdict = { type: 'InProgress', status: 'False', reason: 'BlockedByExistingKataPods', message } as const;
    return { actions: statusActions(observed, verdict), againMs: blockedLookMs };
  }
  const own = ownConfig(observed);
  if (!own) return { actions: [release] };
  const verdict = busy('Uninstalling', `deleting PeerPodConfig ${own.metadata.name}`);
  return { actions: [...statusActions(observed, verdict), ...deletionOf(own, observed)], againMs: deletionLookMs };
}

function statusActions(observed: KataObservation, verdict: Verdict): Action[] {
  const { config, nodes, runtimeClasses, nowMs } = observed;
  const { installed, installing } = nodes;
  const condition = timed(verdict, config.conditions, nowMs);
  const rest = {
    runtimeClasses,
    kataNodes: {
      nodeCount: installed.length + installing.length,
      readyNodeCount: installed.length,
      installed: installed.slice(0, namesMax),
      installing: installing.slice(0, namesMax),
    },
  };
  const before = fieldsOf(config.status);
  const old = config.conditions.find(({ type }) => type === verdict.type);
  const sameRest =
    canonical(rest) === canonical({ runtimeClasses: before.runtimeClasses, kataNodes: before.kataNodes });
  if (sameRest && saysTheSame(old, condition)) return [];
  const at = { key: keyOf(config), uid: config.uid };
  const told = old?.reason !== verdict.reason && ['Failed', 'BlockedByExistingKataPods'].includes(verdict.reason);
  const note = { type: 'Warning', reason: verdict.reason, message: verdict.message } as const;
  return [
    { do: 'write-status', ...at, status: { ...rest, conditions: [condition] } },
    ...(told ? [{ do: 'record-event', ...at, note } as const] : []),
  ];
}
