/** Ends what a PeerPodConfig set up, while the controller is still there to do it: pod VMs must not outlive their pods. */

import { type Clock, sleep } from '#base/clock.ts';
import { isPeerPodError, PeerPodError } from '#base/errors.ts';
import type { KubeObject, KubernetesApi, ResourceKind } from '#io/kubernetes/api.ts';
import { KATA_CONFIG, MUTATING_WEBHOOK_CONFIGURATION, PEER_POD, PEER_POD_CONFIG } from '#io/kubernetes/kinds.ts';

export interface UninstallParts {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly webhookName: string;
  /** Hears what is waited for, each time that it is something else. */
  readonly say: (line: string) => void;
}

const lookMs = 2000;
const namesMax = 5;

/** E_KUBE_INVALID when a KataConfig would set everything up again, E_DEADLINE when something stays. */
export async function uninstall(parts: UninstallParts): Promise<void> {
  const { api, clock, timeoutMs, webhookName, say } = parts;
  const untilMs = clock.now() + timeoutMs;
  const keeping = (await all(api, KATA_CONFIG)).filter(wantsPeerPods).map(nameOf);
  if (keeping.length > 0) {
    const names = keeping.join(', ');
    throw new PeerPodError(
      'E_KUBE_INVALID',
      `KataConfig ${names} wants peer pods: delete it, or take enablePeerPods off`,
    );
  }
  for (const { metadata } of await all(api, PEER_POD_CONFIG)) {
    const { namespace = '', name = '', uid = '' } = metadata;
    say(`deleting PeerPodConfig ${namespace}/${name}`);
    const key = { kind: PEER_POD_CONFIG, namespace, name };
    await api.delete(key, { preconditions: { uid } }).catch(ignoreReplaced);
  }
  // The controller does this, too. Without it, no pod of the cluster would be created while the webhook ends.
  await api.delete({ kind: MUTATING_WEBHOOK_CONFIGURATION, name: webhookName });
  for (let said = ''; ; ) {
    const left = leftText(await all(api, PEER_POD_CONFIG), await all(api, PEER_POD));
    if (left === undefined) return;
    if (clock.now() >= untilMs) throw new PeerPodError('E_DEADLINE', `${timeoutMs / 1000} s were not enough: ${left}`);
    if (left !== said) say(left);
    said = left;
    await sleep(clock, lookMs);
  }
}

/** Undefined: nothing is left. */
export function leftText(configs: readonly KubeObject[], peerPods: readonly KubeObject[]): string | undefined {
  const parts = [
    ...(configs.length > 0 ? [`PeerPodConfig ${configs.map(nameOf).join(', ')}`] : []),
    ...(peerPods.length > 0
      ? [`${peerPods.length} PeerPods, whose pods are to be deleted: ${podNames(peerPods)}`]
      : []),
  ];
  return parts.length > 0 ? `still there: ${parts.join('; ')}` : undefined;
}

function podNames(peerPods: readonly KubeObject[]): string {
  const names = peerPods.slice(0, namesMax).map((peerPod) => {
    const { namespace = '', name = '', ownerReferences } = peerPod.metadata;
    return `${namespace}/${ownerReferences?.[0]?.name ?? name}`;
  });
  return peerPods.length > namesMax ? `${names.join(', ')}, …` : names.join(', ');
}

function nameOf({ metadata: { namespace, name = '' } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function wantsPeerPods({ spec, metadata }: KubeObject): boolean {
  const wanted = (spec as { readonly enablePeerPods?: unknown } | undefined)?.enablePeerPods === true;
  return wanted && metadata.deletionTimestamp === undefined;
}

/** Where a kind is not defined there are none of it. */
async function all(api: KubernetesApi, kind: ResourceKind): Promise<readonly KubeObject[]> {
  try {
    return (await api.list(kind)).items;
  } catch (error) {
    if (isPeerPodError(error, 'E_KUBE_NOT_FOUND')) return [];
    throw error;
  }
}

function ignoreReplaced(error: unknown): void {
  if (!isPeerPodError(error, 'E_KUBE_CONFLICT')) throw error;
}
