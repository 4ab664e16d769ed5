/** peerpodctl describe: everything about one pod. */

import { describeClusterPod } from '../cluster/describe.ts';
import { type Command, exitCodes } from '../command.ts';
import { describePod } from '../node/describe.ts';
import { formatOf, plainOutputOption } from '../output.ts';
import { onCluster } from './on-cluster.ts';
import { onNode } from './on-node.ts';

export const describe: Command = {
  name: 'describe',
  summary: 'Shows everything about one pod: record, pod VM, network, relay, findings, events',
  detail:
    'Asks the adaptor, the relay, the kernel and the provider, and shows what each of them says. With --cluster what the API server has: pod, PeerPods, events.',
  args: [
    {
      name: 'NAME',
      isRequired: true,
      completes: 'pods',
      help: 'NAMESPACE/POD, POD, a pod VM, or the begin of a sandbox id',
    },
  ],
  options: [plainOutputOption],
  examples: [
    { line: 'peerpodctl describe shop/web', says: 'a pod by namespace and name' },
    { line: 'peerpodctl describe shop/web --cluster', says: 'what the API server has of it' },
    { line: 'peerpodctl describe 3f2a', says: 'a sandbox by the begin of its id' },
  ],
  run: async (invocation, world) => {
    const [name = ''] = invocation.words;
    const nowMs = world.clock.wallNow();
    const asJson = formatOf(invocation) === 'json';
    const text = invocation.flag('cluster')
      ? await onCluster(invocation, world, (api, scope) => describeClusterPod(api, scope, name, nowMs, asJson))
      : await onNode(invocation, world, (node) => describePod(node, name, nowMs, asJson));
    world.write(text);
    return exitCodes.ok.code;
  },
};
