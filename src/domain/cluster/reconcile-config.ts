/** A PeerPodConfig and what is seen of the cluster, to what is to be done: pure. */

import type { ObjectKey } from '#io/kubernetes/api.ts';
import { PEER_POD_CONFIG } from '#io/kubernetes/kinds.ts';
import type { Action, Plan } from './actions.ts';
import { saysTheSame, timed, type Verdict } from './conditions.ts';
import { configVerdicts, deploymentRollout, type Fault, webhookEntry } from './config-status.ts';
import { instanceTypeVariable, nodeSelectorOf } from './desired/adaptor.ts';
import { canonical, isAsWanted, marked } from './desired/difference.ts';
import type { DesiredContext } from './desired/names-and-labels.ts';
import { keyOfPart, type Part, type PartName, parts, type SeenParts } from './desired/parts.ts';
import type { EventNote } from './event-recorder.ts';
import { configFinalizer, fieldManager, forceAnnotation } from './names.ts';
import { type AdaptorSight, matches, type NodeSight } from './nodes.ts';
import type { PeerPodConfig } from './peer-pod-config.ts';
import { fieldsOf } from './reading.ts';
import type { ClusterSettings } from './settings.ts';

/** Of ConfigMap and Secret. */
export interface ProviderFacts {
  /** False: whether they are there, and what they say, is not known. */
  readonly readable: boolean;
  readonly configMapThere: boolean;
  readonly providerName: string | undefined;
  /** CLUSTER_ID of the ConfigMap or Secret. */
  readonly clusterId: string | undefined;
  readonly hash: string;
}

export interface ConfigObservation {
  readonly config: PeerPodConfig;
  /** The one that counts; another one's name, or undefined in its place, where it is not this one. */
  readonly chosen: { readonly namespace: string; readonly name: string } | undefined;
  readonly settings: ClusterSettings;
  /** For a cluster that gave itself no id: the UID of namespace kube-system. */
  readonly clusterUid: string | undefined;
  readonly provider: ProviderFacts;
  readonly seen: SeenParts;
  readonly nodes: readonly NodeSight[];
  readonly adaptors: readonly AdaptorSight[];
  readonly peerPods: { readonly count: number; readonly example: string | undefined };
  /** Of the last try to do what was planned. */
  readonly failure: string | undefined;
  readonly nowMs: number;
}

/** What is deleted is mostly gone at the next look. */
const deletedLookMs = 500;
const waitLookMs = 2000;
const peerPodsLookMs = 15_000;

export function reconcileConfig(observed: ConfigObservation): Plan {
  const { config, chosen } = observed;
  const isChosen = chosen?.namespace === config.namespace && chosen.name === config.name;
  if (config.deletedAtMs !== undefined) {
    if (!config.held) return { actions: [] };
    // What there is is the other one's.
    return isChosen ? ending(observed) : { actions: [released(config)] };
  }
  if (!isChosen) return { actions: [...statusActions(observed, refusedVerdicts(observed), false)] };
  return living(observed);
}

function keyOf({ namespace, name }: PeerPodConfig): ObjectKey {
  return { kind: PEER_POD_CONFIG, namespace, name };
}

/** The finalizer before anything is made, then what is seen is said, then what is missing is made, in order. */
function living(observed: ConfigObservation): Plan {
  const { config, settings, seen } = observed;
  const key = keyOf(config);
  const failurePolicy = wantedFailurePolicy(observed);
  const context = contextOf(observed);
  const faults = faultsOf(observed);
  const applies: Action[] = [];
  for (const part of parts) {
    if (!part.desired || !isToBeMade(part, observed)) continue;
    // What is not known to have changed must not roll.
    if (part.name === 'adaptor' && !observed.provider.readable) continue;
    const there = seen[part.name];
    if (ownedByAnother(there, config)) {
      faults.push({
        reason: 'OwnedByAnother',
        message: `${part.kind.kind} ${part.objectName(settings)} has another owner`,
      });
      continue;
    }
    const object = marked(part.desired(context, failurePolicy));
    if (!isAsWanted(there, object)) applies.push({ do: 'apply', key: keyOfPart(part, settings), object });
  }
  const { meant, ready } = nodeCounts(observed);
  const wanted = settings.webhookFailurePolicy;
  const verdicts = configVerdicts({ seen, faults, nodesMeant: meant, nodesReady: ready, failurePolicy: wanted });
  const actions: Action[] = [
    ...(config.held ? [] : [{ do: 'add-finalizer', key, uid: config.uid, finalizer: configFinalizer } as const]),
    ...statusActions(observed, verdicts.conditions, verdicts.setupCompleted),
    ...applies,
    ...staleNodes(observed).map((node) => ({ do: 'withdraw-capacity', node }) as const),
  ];
  return { actions };
}

function contextOf({ config, settings, provider, clusterUid }: ConfigObservation): DesiredContext {
  return {
    config,
    settings,
    clusterId: provider.clusterId === undefined ? clusterUid : undefined,
    providerName: provider.providerName,
    configHash: provider.hash,
  };
}

/** Somebody else's RuntimeClass (that of Kata's own chart) stays as it is. */
function isToBeMade(part: Part, { seen }: ConfigObservation): boolean {
  return part.name !== 'runtime-class' || isOurs(seen[part.name]);
}

function isOurs(object: SeenParts[PartName]): boolean {
  return object === undefined || object.metadata.labels?.['app.kubernetes.io/managed-by'] === fieldManager;
}

function ownedByAnother(object: SeenParts[PartName], { uid }: PeerPodConfig): boolean {
  return (object?.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid !== uid);
}

/**
 * `Fail` only once the webhook has answered for: without a certificate or a replica no pod of the cluster could be
 * made. Once it is `Fail`, it stays, whatever becomes of the replicas: a pod must not slip through unmutated.
 */
function wantedFailurePolicy({ seen, settings }: ConfigObservation): 'Fail' | 'Ignore' {
  if (settings.webhookFailurePolicy === 'Ignore') return 'Ignore';
  const { trusted, failurePolicy } = webhookEntry(seen['webhook-configuration']);
  if (failurePolicy === 'Fail' && trusted) return 'Fail';
  return trusted && deploymentRollout(seen['webhook-deployment']).ready > 0 ? 'Fail' : 'Ignore';
}

function nodeCounts({ config, nodes, adaptors }: ConfigObservation) {
  const selector = nodeSelectorOf(config);
  const serving = new Set(adaptors.filter(({ ready }) => ready).map(({ node }) => node));
  let [meant, ready] = [0, 0];
  for (const node of nodes) {
    if (!matches(node, selector)) continue;
    meant += 1;
    if (serving.has(node.name)) ready += 1;
  }
  return { meant, ready };
}

/** Nodes that advertise though they are not meant, or not any more, and have no adaptor to take it back. */
function staleNodes({ config, nodes, adaptors }: ConfigObservation): readonly string[] {
  const selector = nodeSelectorOf(config);
  const withAdaptor = new Set(adaptors.map(({ node }) => node));
  const stale: string[] = [];
  for (const node of nodes) {
    const meant = config.deletedAtMs === undefined && matches(node, selector);
    if (node.advertises && !meant && !withAdaptor.has(node.name)) stale.push(node.name);
  }
  return stale;
}

function faultsOf({ config, provider, failure }: ConfigObservation): Fault[] {
  const faults: Fault[] = config.faults.map((message) => ({ reason: 'InvalidSpec', message }));
  if (!provider.readable) {
    const message = `ConfigMap ${config.configMapName} or Secret ${config.secretName} can not be read`;
    faults.push({ reason: 'Failed', message });
  } else if (!provider.configMapThere) {
    faults.push({ reason: 'ConfigMapMissing', message: `there is no ConfigMap ${config.configMapName}` });
  } else if (provider.providerName === undefined) {
    faults.push({ reason: 'ProviderMissing', message: `ConfigMap ${config.configMapName} has no CLOUD_PROVIDER` });
  }
  if (config.instanceType !== undefined && provider.providerName && !instanceTypeVariable(provider.providerName)) {
    const message = `spec.instanceType has no meaning for provider ${provider.providerName}`;
    faults.push({ reason: 'InvalidSpec', message });
  }
  if (failure !== undefined) faults.push({ reason: 'Failed', message: failure });
  return faults;
}

function refusedVerdicts({ config, chosen, settings }: ConfigObservation): readonly Verdict[] {
  const message =
    config.namespace !== settings.namespace
      ? `only a PeerPodConfig in namespace ${settings.namespace} counts`
      : `there is an older one, ${chosen?.name ?? ''}, and only one counts`;
  const reason = config.namespace !== settings.namespace ? 'WrongNamespace' : 'NotTheOne';
  return [
    { type: 'Available', status: 'False', reason, message },
    { type: 'Progressing', status: 'False', reason, message },
    { type: 'Degraded', status: 'True', reason, message },
  ];
}

/** Nothing, if the status says the same already. With it goes an event for each condition that turned. */
function statusActions(observed: ConfigObservation, wanted: readonly Verdict[], setupCompleted: boolean): Action[] {
  const { config, nowMs } = observed;
  const { meant: desired, ready } = nodeCounts(observed);
  const conditions = wanted.map((verdict) => ({
    ...timed(verdict, config.conditions, nowMs),
    observedGeneration: config.generation,
  }));
  const status = { setupCompleted, observedGeneration: config.generation, nodes: { desired, ready }, conditions };
  const before = fieldsOf(config.status);
  const rest = { setupCompleted, observedGeneration: config.generation, nodes: { desired, ready } };
  const restBefore = {
    setupCompleted: before.setupCompleted,
    observedGeneration: before.observedGeneration,
    nodes: before.nodes,
  };
  const find = (type: string) => config.conditions.find((condition) => condition.type === type);
  const same = conditions.every((condition) => saysTheSame(condition, find(condition.type)));
  if (same && canonical(rest) === canonical(restBefore)) return [];
  const at = { key: keyOf(config), uid: config.uid };
  const turned = conditions.filter(
    ({ type, status: value, reason }) => find(type)?.status !== value || find(type)?.reason !== reason,
  );
  return [
    { do: 'write-status', ...at, status },
    ...turned.flatMap((verdict) => {
      const note = noteOf(verdict);
      return note ? [{ do: 'record-event', ...at, note } as const] : [];
    }),
  ];
}

/** What people wait for, and what they must mend; the rest is in the conditions. */
function noteOf({ type, status, reason, message }: Verdict): EventNote | undefined {
  if (type === 'Degraded' && status === 'True') return { type: 'Warning', reason, message };
  if (type === 'Available' && status === 'True') return { type: 'Normal', reason: 'Available', message };
  if (type === 'Progressing' && reason === 'PeerPodsLeft') return { type: 'Warning', reason, message };
  return undefined;
}

/** In the reverse order, a stage at a time: what comes later must be there while what comes earlier still ends. */
const stages: readonly (readonly PartName[])[] = [
  // First of all: with failurePolicy Fail and nobody to answer, no pod could be made any more.
  ['webhook-configuration'],
  ['webhook-budget', 'webhook-deployment', 'webhook-service', 'webhook-binding', 'runtime-class'],
  // Made by its replicas for as long as there are any.
  ['webhook-certificate'],
];
const nodeStages: readonly (readonly PartName[])[] = [['adaptor'], ['relay', 'adaptor-binding']];

function ending(observed: ConfigObservation): Plan {
  const { config, peerPods, adaptors } = observed;
  for (const stage of stages) {
    const deletions = deletionsOf(stage, observed);
    if (deletions.length > 0) return endingPlan(observed, 'Deleting', 'taking the webhook away', deletions);
  }
  if (peerPods.count > 0 && !config.forced) {
    const message =
      `${peerPods.count} PeerPods are left, ${peerPods.example ?? ''} for one; their pods have to end first. ` +
      `To go on regardless, annotate this object with ${forceAnnotation}=${config.uid}`;
    return endingPlan(observed, 'PeerPodsLeft', message, [], peerPodsLookMs);
  }
  for (const stage of nodeStages) {
    const deletions = deletionsOf(stage, observed);
    if (deletions.length > 0) return endingPlan(observed, 'Deleting', 'taking the node daemons away', deletions);
    // They withdraw the capacity as they end, with the rights that go last.
    if (adaptors.length > 0 && !config.forced) {
      const message =
        `waiting for ${adaptors.length} adaptors to end, that on ${adaptors[0]?.node} for one. If its node is lost, ` +
        `delete the Node, or go on with ${forceAnnotation}=${config.uid}`;
      return endingPlan(observed, 'Deleting', message, []);
    }
  }
  const stale = staleNodes(observed).map((node) => ({ do: 'withdraw-capacity', node }) as const);
  return { actions: [...stale, released(config)] };
}

function released(config: PeerPodConfig): Action {
  return { do: 'remove-finalizer', key: keyOf(config), uid: config.uid, finalizer: configFinalizer };
}

function deletionsOf(stage: readonly PartName[], { seen, settings, config }: ConfigObservation): readonly Action[] {
  return stage.flatMap((name) => {
    const part = parts.find((one) => one.name === name);
    const object = seen[name];
    const isForeign = part?.desired !== undefined && !isOurs(object);
    if (!part || !object || isForeign || ownedByAnother(object, config)) return [];
    return [{ do: 'delete', key: keyOfPart(part, settings), uid: object.metadata.uid ?? '' } as const];
  });
}

function endingPlan(
  observed: ConfigObservation,
  reason: string,
  message: string,
  actions: readonly Action[],
  againMs = actions.length > 0 ? deletedLookMs : waitLookMs,
): Plan {
  const { failure } = observed;
  const verdicts: readonly Verdict[] = [
    { type: 'Available', status: 'False', reason: 'Deleting', message: 'being deleted' },
    { type: 'Progressing', status: 'True', reason, message },
    failure === undefined
      ? { type: 'Degraded', status: 'False', reason: 'AsExpected', message: '' }
      : { type: 'Degraded', status: 'True', reason: 'Failed', message: failure },
  ];
  return { actions: [...statusActions(observed, verdicts, false), ...actions], againMs };
}
