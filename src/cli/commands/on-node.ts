/** Runs a body with the daemons of this worker at hand. */

import type { World } from '../command.ts';
import { NodeClient, type Sockets } from '../node/ask.ts';

export async function onNode<T>(
  sockets: Sockets,
  { clock }: World,
  body: (node: NodeClient) => Promise<T>,
): Promise<T> {
  await using node = new NodeClient(sockets, clock);
  return await body(node);
}
