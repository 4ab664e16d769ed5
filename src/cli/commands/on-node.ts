/** Runs a body with the daemons of this worker at hand. */

import { PeerPodError } from '#base/errors.ts';
import type { Invocation, World } from '../command.ts';
import { NodeClient, socketsOf } from '../node/ask.ts';

/** Throws E_SETTING when the whole cluster was asked for. */
export async function onNode<T>(
  invocation: Invocation,
  world: World,
  body: (node: NodeClient) => Promise<T>,
): Promise<T> {
  if (invocation.flag('cluster')) {
    throw new PeerPodError('E_SETTING', 'only a worker can tell: run this there, without --cluster');
  }
  return await withNode(invocation, world, body);
}

/** As onNode, for a command that asks the cluster as well. */
export async function withNode<T>(
  invocation: Invocation,
  { env, clock }: World,
  body: (node: NodeClient) => Promise<T>,
): Promise<T> {
  await using node = new NodeClient(socketsOf(invocation, env), clock);
  return await body(node);
}
