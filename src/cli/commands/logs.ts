/** peerpodctl logs: a pod VM's console, or what the daemons said lately. */

import { sleep } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { ConsoleAnswer, LogAnswer } from '#daemons/admin-contract.ts';
import { type Command, exitCodes, type Invocation, type World } from '../command.ts';
import type { NodeClient } from '../node/ask.ts';
import { isAtLeast, parseLogLine, renderLogLine } from '../node/events.ts';
import { findRecord, loadRecords } from '../node/view.ts';
import { formatOf, plainOutputOption } from '../output.ts';
import { onNode } from './on-node.ts';

const pollMs = 500;
const linesMax = 4000;

export const logs: Command = {
  name: 'logs',
  summary: "Shows a pod VM's console, or the last lines of adaptor or relay",
  detail:
    'The console is there where the provider keeps one (local, qemu): what kernel and services of the VM said. The daemons keep the end of their own logs in memory, 4000 lines or 1 MiB, whoever else collects it.',
  args: [
    {
      name: 'WHOSE',
      isRequired: true,
      completes: 'pods',
      help: '`adaptor`, `relay`, or a pod as in `peerpodctl get pods`',
    },
  ],
  options: [
    plainOutputOption,
    { name: 'lines', value: 'N', help: 'the newest N lines, 100 by default' },
    { name: 'follow', short: 'f', help: 'go on with what comes, until Ctrl-C; of adaptor and relay' },
    {
      name: 'level',
      value: 'LEVEL',
      choices: ['trace', 'debug', 'info', 'warn', 'error'],
      help: 'of adaptor and relay: the least severe that is shown',
    },
  ],
  examples: [
    { line: 'peerpodctl logs shop/web', says: "the console of that pod's VM" },
    { line: 'peerpodctl logs adaptor --follow --level warn', says: 'what goes wrong, as it goes wrong' },
    { line: 'peerpodctl logs relay --output json', says: 'the lines as they were written' },
  ],
  run: async (invocation, world) => {
    const [whose = ''] = invocation.words;
    await onNode(invocation, world, async (node) => {
      if (whose === 'adaptor') await daemonLog((question) => node.adaptor('Log', question), invocation, world);
      else if (whose === 'relay') await daemonLog((question) => node.relay('Log', question), invocation, world);
      else await consoleLog(node, whose, invocation, world);
    });
    return exitCodes.ok.code;
  },
};

async function consoleLog(node: NodeClient, name: string, invocation: Invocation, world: World): Promise<void> {
  const record = findRecord(await loadRecords(node), name);
  if (record.podVmId === undefined) throw new PeerPodError('E_SANDBOX_UNKNOWN', `${name} has no pod VM yet`);
  const { text } = await node.adaptor<ConsoleAnswer>('Console', { podVmId: record.podVmId });
  const lines = text.replace(/\n$/, '').split('\n').slice(-countOf(invocation));
  if (formatOf(invocation) === 'json') world.write(`${JSON.stringify({ podVmId: record.podVmId, lines }, null, 2)}\n`);
  else world.write(`${lines.join('\n')}\n`);
}

const countOf = (invocation: Invocation) => invocation.number('lines', 100, { min: 1, max: linesMax });

async function daemonLog(
  ask: (question: object) => Promise<LogAnswer>,
  invocation: Invocation,
  world: World,
): Promise<void> {
  const level = invocation.text('level') ?? 'trace';
  const show = (lines: readonly string[]) => {
    for (const line of lines) {
      const parsed = parseLogLine(line);
      if (parsed && !isAtLeast(parsed, level)) continue;
      world.write(parsed && formatOf(invocation) !== 'json' ? renderLogLine(parsed) : `${line}\n`);
    }
  };
  let { lines, next } = await ask({ lines: linesMax });
  const chosen = lines.filter((line) => {
    const parsed = parseLogLine(line);
    return parsed === undefined || isAtLeast(parsed, level);
  });
  show(chosen.slice(-countOf(invocation)));
  while (invocation.flag('follow')) {
    try {
      await sleep(world.clock, pollMs, world.signal);
    } catch {
      return; // Ctrl-C
    }
    ({ lines, next } = await ask({ lines: linesMax, from: next }));
    show(lines);
  }
}
