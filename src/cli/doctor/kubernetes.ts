/** The cluster as this worker needs it: rights, kinds, runtime class, capacity. Pure. */

import { type Check, fail, isKnown, type Observed, ok, skip, warn } from './check.ts';

export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  /** Without it: what does not work. */
  readonly need: string;
  /** Pods start without it. */
  readonly isOptional?: boolean;
}

const peerPods = { group: 'confidentialcontainers.org', resource: 'peerpods' };
const nodes = { group: '', resource: 'nodes' };
const toAdvertise = 'capacity is not advertised';
const toHold = 'a pod VM whose adaptor never comes back is not deleted';

/** What the adaptor does in the cluster: the rules of its ClusterRole in the chart; a test keeps both the same. */
export const adaptorRights: readonly Right[] = [
  { group: '', resource: 'pods', verb: 'get', need: 'PeerPods have no owner' },
  { group: '', resource: 'pods', verb: 'list', need: 'pods of the node are not found at the start' },
  { group: '', resource: 'pods', subresource: 'finalizers', verb: 'update', need: 'some clusters refuse PeerPods' },
  ...['get', 'list', 'watch', 'patch'].map((verb) => ({ ...nodes, verb, need: toAdvertise })),
  { ...nodes, subresource: 'status', verb: 'patch', need: toAdvertise },
  ...['get', 'list', 'watch', 'create', 'patch', 'delete'].map((verb) => ({ ...peerPods, verb, need: toHold })),
  ...['secrets', 'serviceaccounts'].map((resource) => ({
    group: '',
    resource,
    verb: 'get',
    need: 'no image pull secrets',
    isOptional: true,
  })),
];

export interface ClusterFacts {
  readonly server: string;
  readonly rights: readonly { readonly right: Right; readonly allowed: Observed<boolean> }[];
  /** Undefined: there is no such object. */
  readonly peerPodKind: Observed<'there' | undefined>;
  readonly runtimeClass: { readonly name: string; readonly handler: Observed<string | undefined> };
  readonly node: {
    readonly name: string;
    /** Of `kata.peerpods.io/vm`; undefined: not advertised. */
    readonly capacity: Observed<string | undefined>;
  };
  /** What the adaptor should advertise; undefined: nothing, or unknown. */
  readonly podVmsMax: number | undefined;
}

const area = 'kubernetes';
const chart = 'helm upgrade --install peerpods ./chart; see docs/install.md';

/** `cluster.error`: nobody said which cluster, or it does not answer. */
export function judgeCluster(cluster: Observed<ClusterFacts>, isExpected: boolean): readonly Check[] {
  if (!isKnown(cluster)) {
    const mend = 'set KUBECONFIG or --kubeconfig; in a pod, mount its service account token';
    return [isExpected ? fail(area, 'API server', cluster.error, mend) : skip(area, 'API server', cluster.error)];
  }
  const { server, rights, peerPodKind, runtimeClass, node, podVmsMax } = cluster.value;
  return [
    ok(area, 'API server', server),
    ...judgeRights(rights),
    judgeThere('PeerPod kind', peerPodKind, 'its CustomResourceDefinition is not installed'),
    judgeRuntimeClass(runtimeClass),
    judgeCapacity(node, podVmsMax),
  ];
}

export const rightText = ({ verb, resource, subresource, group }: Right) =>
  `${verb} ${resource}${subresource ? `/${subresource}` : ''}${group === '' ? '' : `.${group}`}`;

function judgeRights(rights: ClusterFacts['rights']): readonly Check[] {
  const unknown = rights.find(({ allowed }) => !isKnown(allowed));
  if (unknown && !isKnown(unknown.allowed)) {
    return [
      fail(area, 'rights', unknown.allowed.error, 'the server answers no SelfSubjectAccessReview for this account'),
    ];
  }
  const denied = rights.filter(({ allowed }) => isKnown(allowed) && !allowed.value).map(({ right }) => right);
  const needed = denied.filter(({ isOptional = false }) => !isOptional);
  const list = (some: readonly Right[]) => some.map((right) => `${rightText(right)} (${right.need})`).join('; ');
  const mend = `bind the ClusterRole peerpods-adaptor to this account; ${chart}`;
  if (needed.length > 0) return [fail(area, 'rights', `denied: ${list(denied)}`, mend)];
  if (denied.length > 0) return [warn(area, 'rights', `denied: ${list(denied)}`, mend)];
  return [ok(area, 'rights', `all ${rights.length} that the adaptor needs`)];
}

function judgeThere(what: string, object: Observed<'there' | undefined>, text: string): Check {
  if (!isKnown(object)) return skip(area, what, object.error);
  return object.value === undefined ? fail(area, what, text, chart) : ok(area, what, 'installed');
}

function judgeRuntimeClass({ name, handler }: ClusterFacts['runtimeClass']): Check {
  const what = `RuntimeClass ${name}`;
  if (!isKnown(handler)) return skip(area, what, handler.error);
  if (handler.value === undefined) return fail(area, what, 'there is none: no pod can ask for it', chart);
  return ok(area, what, `handler ${handler.value}`);
}

function judgeCapacity({ name, capacity }: ClusterFacts['node'], podVmsMax: number | undefined): Check {
  const what = 'node capacity';
  if (!isKnown(capacity)) return skip(area, what, capacity.error);
  const { value } = capacity;
  const mend = 'see `peerpodctl logs adaptor --level warn`: it advertises -peerpods-limit-per-node when it starts';
  if (value === undefined) {
    return podVmsMax === undefined
      ? skip(area, what, `node ${name} advertises none, and the adaptor is told to advertise none`)
      : fail(area, what, `node ${name} has no kata.peerpods.io/vm: no peer pod is scheduled here`, mend);
  }
  if (podVmsMax !== undefined && value !== String(podVmsMax)) {
    return warn(area, what, `node ${name} advertises ${value}, the adaptor's limit is ${podVmsMax}`, mend);
  }
  return ok(area, what, `node ${name} advertises ${value}`);
}
