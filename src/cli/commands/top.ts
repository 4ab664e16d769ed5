/** peerpodctl top: what daemons and pods use. */

import { sleep } from '#base/clock.ts';
import { type Command, exitCodes, type Invocation, type World } from '../command.ts';
import type { NodeClient } from '../node/ask.ts';
import { type NodeSample, renderUse, takeNodeSample, useBetween } from '../node/top.ts';
import { formatOf, plainOutputOption } from '../output.ts';
import { onNode } from './on-node.ts';

/** Home, and clear what was below. */
const clearScreen = '\u001b[H\u001b[J';

export const top: Command = {
  name: 'top',
  summary: 'Shows what adaptor and relay use, and the traffic of each pod',
  detail:
    'Looks twice and shows what happened between: CPU as share of one processor, agent calls and bytes through the relay, bytes of the pod network through the tunnel. With --watch again and again, until Ctrl-C.',
  options: [
    plainOutputOption,
    { name: 'watch', short: 'w', help: 'go on until Ctrl-C' },
    { name: 'interval', value: 'SECONDS', help: 'between two looks, 1 by default' },
    { name: 'count', value: 'N', help: 'with --watch: end after N tables' },
  ],
  examples: [
    { line: 'peerpodctl top', says: 'one second of this worker' },
    { line: 'peerpodctl top --watch --interval 5', says: 'every five seconds, until Ctrl-C' },
    { line: 'peerpodctl top --watch --output json', says: 'one JSON object a line, for a program' },
  ],
  run: async (invocation, world) => {
    await onNode(invocation, world, (node) => watch(node, invocation, world));
    return exitCodes.ok.code;
  },
};

async function watch(node: NodeClient, invocation: Invocation, world: World): Promise<void> {
  const intervalMs = invocation.number('interval', 1, { min: 1, max: 3600 }) * 1000;
  const isWatching = invocation.flag('watch');
  const rounds = invocation.number('count', isWatching ? Number.POSITIVE_INFINITY : 1, { min: 1, max: 1_000_000 });
  const asJson = formatOf(invocation) === 'json';
  const take = () =>
    takeNodeSample(
      node,
      () => world.clock.now(),
      () => world.clock.wallNow(),
    );
  let before: NodeSample = await take();
  for (let round = 1; round <= rounds; round += 1) {
    try {
      await sleep(world.clock, intervalMs, world.signal);
    } catch {
      return; // Ctrl-C
    }
    const after = await take();
    const use = useBetween(before, after);
    const clear = isWatching && world.isTerminal && !asJson ? clearScreen : '';
    world.write(asJson ? `${JSON.stringify(use)}\n` : `${clear}${renderUse(use)}`);
    if (isWatching && !world.isTerminal && !asJson) world.write('\n');
    before = after;
  }
}
