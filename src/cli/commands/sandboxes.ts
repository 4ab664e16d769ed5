/** peerpodctl sandboxes and show: the records themselves, by sandbox. */

import { type Command, exitCodes } from '../command.ts';
import { findRecord, loadRecords, podKey } from '../node/view.ts';
import { formatOf, outputOption, renderJson, shown } from '../output.ts';
import { onNode } from './on-node.ts';

export const sandboxes: Command = {
  name: 'sandboxes',
  summary: "Lists the adaptor's records by sandbox",
  detail: 'The same pods as `peerpodctl get pods`, with the sandbox first; JSON is the records themselves.',
  options: [outputOption],
  examples: [{ line: 'peerpodctl sandboxes', says: 'pod, state, pod VM and VNI of each sandbox' }],
  run: async (invocation, world) => {
    const rows = await onNode(invocation, world, loadRecords);
    const listing = shown({
      columns: [
        { title: 'SANDBOX', cell: ({ sandboxId }) => sandboxId.slice(0, 12) },
        { title: 'POD', cell: podKey },
        { title: 'STATE', cell: ({ state }) => (state.at === 'starting' ? `${state.at} (${state.step})` : state.at) },
        { title: 'POD VM', cell: ({ podVmId }) => podVmId },
        { title: 'ADDRESSES', cell: ({ addresses }) => addresses?.join(' ') },
        { title: 'VNI', cell: ({ network }) => network.vni },
      ],
      rows,
      nameOf: ({ sandboxId }) => sandboxId,
      none: 'No sandboxes on this worker.',
    });
    world.write(listing.render(formatOf(invocation)));
    return exitCodes.ok.code;
  },
};

export const show: Command = {
  name: 'show',
  summary: "Shows one sandbox's record as JSON",
  args: [{ name: 'SANDBOX', isRequired: true, completes: 'pods', help: 'the begin of its id, or its pod' }],
  examples: [{ line: 'peerpodctl show 3f2a', says: 'the record as it is on disk' }],
  run: async (invocation, world) => {
    const records = await onNode(invocation, world, loadRecords);
    world.write(renderJson(findRecord(records, invocation.words[0] ?? '')));
    return exitCodes.ok.code;
  },
};
