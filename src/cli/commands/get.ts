/** peerpodctl get: lists of pods, pod VMs, tunnels, relays, capacity and events. */

import { PeerPodError } from '#base/errors.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { clusterCapacity, clusterConfigs, clusterEvents, clusterPods, clusterVms } from '../cluster/resources.ts';
import type { Scope } from '../cluster/view.ts';
import type { Command, Invocation, World } from '../command.ts';
import { exitCodes } from '../command.ts';
import type { NodeClient } from '../node/ask.ts';
import { nodeCapacity, nodeEvents, nodePods, nodeRelays, nodeTunnels, nodeVms } from '../node/resources.ts';
import { formatOf, outputOption, type Shown } from '../output.ts';
import { onCluster } from './on-cluster.ts';
import { onNode } from './on-node.ts';

interface Resource {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly detail: string;
  readonly completes?: 'pods';
  /** Absent: only of the whole cluster. */
  readonly node?: (node: NodeClient, nowMs: number, invocation: Invocation) => Promise<Shown>;
  /** With --cluster; absent: the API server knows nothing of it. */
  readonly cluster?: (api: KubernetesApi, scope: Scope, nowMs: number, invocation: Invocation) => Promise<Shown>;
  readonly options?: Command['options'];
}

const eventOptions: Command['options'] = [
  {
    name: 'level',
    value: 'LEVEL',
    choices: ['info', 'warn', 'error'],
    help: 'the least severe that is shown, info by default',
  },
  { name: 'count', value: 'N', help: 'the newest N, 50 by default' },
];

const resources: readonly Resource[] = [
  {
    name: 'pods',
    aliases: ['pod', 'po', 'peerpods'],
    summary: 'peer pods: state, pod VM, addresses, VNI, relay',
    detail:
      'What the adaptor has on record, and how the relay carries it. NAME is NAMESPACE/POD, POD, a pod VM, or the begin of a sandbox id.',
    completes: 'pods',
    node: nodePods,
    cluster: clusterPods,
  },
  {
    name: 'vms',
    aliases: ['vm', 'podvms', 'podvm'],
    summary: 'pod VMs as the provider sees them now',
    detail: 'Asks the cloud. A pod VM without a pod is one that no record knows: see `peerpodctl sweep`.',
    completes: 'pods',
    node: nodeVms,
    cluster: clusterVms,
  },
  {
    name: 'tunnels',
    aliases: ['tunnel'],
    summary: 'tunnels as the kernel has them: ends, MTU, traffic, and whether they are whole',
    detail:
      'STATE is complete when device and redirects are as recorded; partial when something is missing; absent when nothing is there; foreign when the name is taken by something else; no-netns when the pod is gone.',
    completes: 'pods',
    node: nodeTunnels,
  },
  {
    name: 'relays',
    aliases: ['relay'],
    summary: 'agent connections: shims, calls, bytes, and how often the pod VM was dialled again',
    detail: 'One row for each sandbox that agent-relay serves. POD VM is waiting until the VM has answered once.',
    completes: 'pods',
    node: nodeRelays,
  },
  {
    name: 'capacity',
    aliases: ['cap'],
    summary: 'how many pod VMs there may be, and how many there are',
    detail:
      'TOTAL is -peerpods-limit-per-node, which the scheduler keeps to. A pod VM that is being released still counts as used.',
    node: nodeCapacity,
    cluster: clusterCapacity,
  },
  {
    name: 'events',
    aliases: ['event', 'ev'],
    summary: 'what happened to the pods lately',
    detail:
      'From the last lines of the logs that adaptor and relay keep in memory; they begin with the start of the daemon. With NAME of one pod.',
    completes: 'pods',
    options: eventOptions,
    node: (node, _nowMs, invocation) =>
      nodeEvents(node, {
        level: invocation.text('level') ?? 'info',
        countMax: countOf(invocation),
      }),
    cluster: (api, scope, _nowMs, invocation) =>
      clusterEvents(api, scope, {
        warningsOnly: (invocation.text('level') ?? 'info') !== 'info',
        countMax: countOf(invocation),
      }),
  },
  {
    name: 'configs',
    aliases: ['config', 'peerpodconfigs', 'peerpodconfig'],
    summary: 'PeerPodConfigs: what the controller is to set up, and how far it is',
    detail: 'Of the whole cluster only: needs --cluster.',
    cluster: clusterConfigs,
  },
];

const countOf = (invocation: Invocation) => invocation.number('count', 50, { min: 1, max: 4000 });

export const get: Command = {
  name: 'get',
  summary: 'Lists what there is: pods, vms, tunnels, relays, capacity, events, configs',
  detail: 'Each list comes as a table, a wider table, JSON, or names only; with a NAME only what it means.',
  examples: [
    { line: 'peerpodctl get pods', says: 'the peer pods of this worker' },
    { line: 'peerpodctl get vms --output wide', says: 'their pod VMs with zone, name and sandbox' },
    { line: "peerpodctl get pods --output json | jq -r '.[].record.podVmId'", says: 'for scripts' },
  ],
  subcommands: resources.map(resourceCommand),
};

function resourceCommand(resource: Resource): Command {
  const { name, aliases, summary, detail, completes, options = [] } = resource;
  return {
    name,
    aliases,
    summary: capitalised(summary),
    detail,
    args: [{ name: 'NAME', isRequired: false, ...(completes && { completes }), help: 'only this one' }],
    options: [outputOption, ...options],
    examples: examplesOf(resource),
    run: (invocation, world) => showResource(resource, invocation, world),
  };
}

async function showResource(resource: Resource, invocation: Invocation, world: World): Promise<number> {
  const format = formatOf(invocation);
  const listed = await (invocation.flag('cluster') ? listCluster : listNode)(resource, invocation, world);
  const [word] = invocation.words;
  world.write((word === undefined ? listed : onlyOne(listed, word, resource.name)).render(format));
  return exitCodes.ok.code;
}

async function listNode({ name, node: load }: Resource, invocation: Invocation, world: World): Promise<Shown> {
  if (!load) throw new PeerPodError('E_SETTING', `${name} are of the whole cluster: add --cluster`);
  return await onNode(invocation, world, (node) => load(node, world.clock.wallNow(), invocation));
}

async function listCluster({ name, cluster: load }: Resource, invocation: Invocation, world: World): Promise<Shown> {
  if (!load) throw new PeerPodError('E_SETTING', `only a worker knows its ${name}: run it there, without --cluster`);
  return await onCluster(invocation, world, (api, scope) => load(api, scope, world.clock.wallNow(), invocation));
}

function onlyOne(listed: Shown, word: string, resource: string): Shown {
  try {
    return listed.only(word);
  } catch (error) {
    throw new PeerPodError('E_SANDBOX_UNKNOWN', `no ${word} among the ${resource}\nSee: peerpodctl get ${resource}`, {
      cause: error,
    });
  }
}

function examplesOf({ name, node, cluster }: Resource): Command['examples'] {
  const examples = [
    ...(node ? [{ line: `peerpodctl get ${name}`, says: 'all of this worker' }] : []),
    ...(cluster ? [{ line: `peerpodctl get ${name} --cluster`, says: 'all of the cluster' }] : []),
    { line: `peerpodctl get ${name} --output json${node ? '' : ' --cluster'}`, says: 'the same for a program' },
  ];
  if (name === 'events')
    return [...examples, { line: 'peerpodctl get events shop/web --level warn', says: 'of one pod' }];
  return name === 'capacity'
    ? examples
    : [...examples, { line: `peerpodctl get ${name} shop/web`, says: 'of one pod' }];
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
