/** peerpodctl doctor: what is wrong with this worker, and how to mend it. */

import { hostname } from 'node:os';
import { type Command, exitCodes, type Invocation, type World } from '../command.ts';
import { countByStatus, renderChecks } from '../doctor/check.ts';
import { formatOf, plainOutputOption, renderJson } from '../output.ts';
import { withNode } from './on-node.ts';

const handlerDefault = 'kata-remote';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Looks over this worker, and says what is wrong and how to mend it',
  detail:
    'Tries the kernel in a network namespace made for it; asks adaptor, relay and provider; looks at sockets, credentials, directories, ports, the configurations of containerd, CRI-O and Kata, clock, limits, and the rights in the cluster. It changes nothing. Each check is ok, warn, fail or skip (not looked at); exit code 1 when one fails. Run it as root on the worker.',
  options: [
    plainOutputOption,
    {
      name: 'host-root',
      value: 'PATH',
      help: "where the worker's root file system is seen, / by default; in a pod a hostPath",
    },
    {
      name: 'kata-config',
      value: 'PATH',
      help: "Kata's configuration-remote.toml, instead of the one that the runtime names",
    },
    { name: 'node', value: 'NAME', help: "of the worker's Node object; default what the adaptor says, or NODE_NAME" },
    { name: 'runtime', value: 'NAME', help: `the runtime's handler and RuntimeClass, ${handlerDefault} by default` },
  ],
  examples: [
    { line: 'peerpodctl doctor', says: 'everything, and what to do' },
    { line: 'peerpodctl doctor --output json | jq \'.checks[] | select(.status == "fail")\'', says: 'for a program' },
    { line: 'peerpodctl doctor --host-root /host', says: "in a pod that has the worker's root at /host" },
  ],
  run: async (invocation, world) => {
    const { examine } = await import('../doctor/examine.ts');
    const checks = await withNode(invocation, world, (node) =>
      examine({
        node,
        wallMs: world.clock.wallNow(),
        kata: {
          hostRoot: invocation.text('host-root') ?? '/',
          configuration: invocation.text('kata-config'),
          hypervisorSocket: world.env.REMOTE_HYPERVISOR_ENDPOINT || '/run/peerpod/hypervisor.sock',
          handler: handlerOf(invocation),
        },
        cluster: (adaptorsNode, podVmsMax) => {
          const node = invocation.text('node') ?? adaptorsNode ?? (world.env.NODE_NAME || hostname());
          return askCluster(invocation, world, node, podVmsMax);
        },
        isClusterExpected: invocation.flag('cluster') || invocation.text('kubeconfig') !== undefined,
      }),
    );
    const counts = countByStatus(checks);
    world.write(formatOf(invocation) === 'json' ? renderJson({ counts, checks }) : renderChecks(checks));
    return counts.fail > 0 ? exitCodes.found.code : exitCodes.ok.code;
  },
};

const handlerOf = (invocation: Invocation) => invocation.text('runtime') ?? handlerDefault;

async function askCluster(invocation: Invocation, world: World, node: string, podVmsMax: number | undefined) {
  const { openCluster } = await import('../cluster/connect.ts');
  const { observeCluster } = await import('../doctor/observe-cluster.ts');
  using cluster = await openCluster(invocation, world);
  const { api, server } = cluster;
  return await observeCluster({ api, server, node, podVmsMax, runtimeClass: handlerOf(invocation) });
}
