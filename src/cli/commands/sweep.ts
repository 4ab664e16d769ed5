/** peerpodctl sweep: what does not fit together, and its mending. */

import { PeerPodError } from '#base/errors.ts';
import type { SweepAnswer } from '#daemons/admin-contract.ts';
import { type Command, exitCodes, type World } from '../command.ts';
import { formatOf, plainOutputOption, renderJson } from '../output.ts';
import { renderTable } from '../table.ts';
import { onNode } from './on-node.ts';

export const sweep: Command = {
  name: 'sweep',
  summary: 'Finds what does not fit together on this worker, and mends it when told to',
  detail:
    'Pods that ended without StopVM, pod VMs and sockets that no record knows, sandboxes that the relay does not carry. The adaptor mends them by itself once they have lasted their grace. Exit code 1 while something is left.',
  options: [
    plainOutputOption,
    { name: 'dry-run', help: 'only show it (the default)' },
    { name: 'yes', help: 'mend what has lasted its grace' },
    { name: 'all', help: 'with --yes: also what is in its grace' },
  ],
  examples: [
    { line: 'peerpodctl sweep', says: 'what does not fit, without touching it' },
    { line: 'peerpodctl sweep --yes', says: 'mend now what is due' },
  ],
  run: async (invocation, world) => {
    const yes = invocation.flag('yes');
    if (yes && invocation.flag('dry-run')) {
      throw new PeerPodError('E_SETTING', '--yes and --dry-run exclude each other');
    }
    const answer = await onNode(invocation, world, (node) =>
      node.adaptor<SweepAnswer>('Sweep', { dryRun: !yes, all: invocation.flag('all') }),
    );
    return showSweep(answer, yes, formatOf(invocation) === 'json', world.write);
  },
};

function showSweep(answer: SweepAnswer, yes: boolean, asJson: boolean, write: World['write']): number {
  const { found, due, mended, unasked } = answer;
  const exitCode = found.length > mended.length ? exitCodes.found.code : exitCodes.ok.code;
  if (asJson) {
    write(renderJson({ found, due, mended, unasked }));
    return exitCode;
  }
  const has = (list: readonly object[], one: object) =>
    list.some((each) => JSON.stringify(each) === JSON.stringify(one));
  const rows = found.map((finding) => [
    finding.what,
    finding.sandboxId,
    ('podVmId' in finding ? finding.podVmId : undefined) ?? '-',
    has(mended, finding) ? 'mended' : has(due, finding) ? 'due' : 'in its grace',
  ]);
  if (rows.length > 0) write(renderTable(['FINDING', 'SANDBOX', 'POD VM', 'STATUS'], rows));
  else write('everything fits together\n');
  for (const whom of unasked) write(`the ${whom} could not be asked\n`);
  if (due.length > 0 && !yes) write('\npeerpodctl sweep --yes mends what is due\n');
  return exitCode;
}
