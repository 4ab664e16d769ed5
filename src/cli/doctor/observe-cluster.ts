/** Asks the API server what the judges of the cluster look at. */

import { extendedResource } from '#domain/cluster/names.ts';
import type { KubeObject, KubernetesApi, ResourceKind } from '#io/kubernetes/api.ts';
import { CRD, NODE, PEER_POD, RUNTIME_CLASS } from '#io/kubernetes/kinds.ts';
import type { ClusterFacts, Right } from './kubernetes.ts';
import { adaptorRights } from './kubernetes.ts';
import { observed } from './observe-host.ts';

const ACCESS_REVIEW: ResourceKind = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

export interface ClusterQuestion {
  readonly api: KubernetesApi;
  readonly server: string;
  readonly node: string;
  readonly podVmsMax: number | undefined;
  readonly runtimeClass: string;
}

export async function observeCluster(question: ClusterQuestion): Promise<ClusterFacts> {
  const { api, server, node, podVmsMax, runtimeClass } = question;
  const crdName = `${PEER_POD.plural}.${PEER_POD.group}`;
  const [rights, peerPodKind, handler, capacity] = await Promise.all([
    Promise.all(adaptorRights.map(async (right) => ({ right, allowed: await observed(() => isAllowed(api, right)) }))),
    observed(async () => ((await api.get({ kind: CRD, name: crdName })) ? ('there' as const) : undefined)),
    observed(async () => {
      const found = await api.get<KubeObject>({ kind: RUNTIME_CLASS, name: runtimeClass });
      return found && String(found.handler);
    }),
    observed(async () => {
      const found = await api.get<KubeObject>({ kind: NODE, name: node });
      if (!found) throw new Error(`there is no node ${node}`);
      const { capacity: all } = (found.status ?? {}) as { capacity?: Readonly<Record<string, string>> };
      return all?.[extendedResource];
    }),
  ]);
  return {
    server,
    rights,
    peerPodKind,
    runtimeClass: { name: runtimeClass, handler },
    node: { name: node, capacity },
    podVmsMax,
  };
}

async function isAllowed(api: KubernetesApi, { group, resource, subresource, verb }: Right): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes: { group, resource, verb, ...(subresource && { subresource }) } },
  };
  const answer = await api.create<KubeObject>(review, ACCESS_REVIEW);
  return (answer.status as { allowed?: boolean } | undefined)?.allowed === true;
}
