/** The table of peerpodctl's commands: help, completion and docs/peerpodctl.md come from it. */

import { clusterOptions } from './cluster/options.ts';
import type { Command } from './command.ts';
import { completion } from './commands/completion.ts';
import { describe } from './commands/describe.ts';
import { doctor } from './commands/doctor.ts';
import { get } from './commands/get.ts';
import { logs } from './commands/logs.ts';
import { sandboxes, show } from './commands/sandboxes.ts';
import { sweep } from './commands/sweep.ts';
import { top } from './commands/top.ts';
import { socketOptions } from './node/ask.ts';

export const peerpodctl: Command = {
  name: 'peerpodctl',
  summary: "Shows a worker's peer pods, and mends what does not fit together",
  detail:
    "Asks the daemons of this worker over their Unix sockets: run it as root on the worker, or inside of the adaptor's pod.",
  options: [...socketOptions, ...clusterOptions],
  examples: [
    { line: 'peerpodctl get pods', says: 'the peer pods of this worker' },
    { line: 'peerpodctl describe shop/web', says: 'everything about one of them' },
    { line: 'peerpodctl doctor', says: 'what is wrong with this worker, and how to mend it' },
    { line: 'kubectl exec -n peerpods-system ADAPTOR-POD -- peerpodctl top', says: 'of a worker elsewhere' },
  ],
  subcommands: [get, describe, top, logs, sweep, doctor, sandboxes, show, completion(() => peerpodctl)],
};
