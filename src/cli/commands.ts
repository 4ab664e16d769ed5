/** The commands of peerpodctl: each asks the adaptor and shows its answer as a table or as JSON. */

import { parseArgs } from 'node:util';
import { PeerPodError } from '#base/errors.ts';
import { type AdminAnswer, askAdaptor } from './ask.ts';
import { renderTable } from './table.ts';

const usage = `Usage: peerpodctl COMMAND [options]

  sandboxes           the sandboxes of this worker: pod, state, pod VM, VNI
  show SANDBOX        one sandbox's record, as JSON; the first letters of its id are enough
  sweep               what does not fit together: pods that ended, pod VMs and sockets that no record knows
                        --dry-run  only show it (the default)
                        --yes      mend what has lasted its grace; with --all also what has not
  help                this text

  --socket PATH       hypervisor.sock or adaptor.sock (default /run/peerpod/hypervisor.sock, or REMOTE_HYPERVISOR_ENDPOINT)
  --output FORMAT     table (default) or json
`;

const socketDefault = '/run/peerpod/hypervisor.sock';

interface Settings {
  readonly socket: string;
  readonly json: boolean;
  readonly yes: boolean;
  readonly all: boolean;
  readonly words: readonly string[];
}

function parse(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Settings {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      socket: { type: 'string' },
      output: { type: 'string', default: 'table' },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.output !== 'table' && values.output !== 'json') {
    throw new PeerPodError('E_SETTING', `--output ${values.output} is neither table nor json`);
  }
  if (values.yes && values['dry-run']) throw new PeerPodError('E_SETTING', '--yes and --dry-run exclude each other');
  return {
    socket: values.socket ?? (env.REMOTE_HYPERVISOR_ENDPOINT || socketDefault),
    json: values.output === 'json',
    yes: values.yes,
    all: values.all,
    words: values.help ? ['help'] : positionals,
  };
}

/** The exit code: 0, or 1 when a sweep found something that is still there. */
export async function runCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  write: (text: string) => void,
): Promise<number> {
  const settings = parse(argv, env);
  const [command = 'help', ...rest] = settings.words;
  const ask = (method: string, request: object = {}) => askAdaptor(settings.socket, method, request);
  switch (command) {
    case 'help':
      write(usage);
      return 0;
    case 'sandboxes':
      showSandboxes(await ask('Sandboxes'), settings.json, write);
      return 0;
    case 'show':
      write(`${JSON.stringify(findSandbox(await ask('Sandboxes'), rest[0]), null, 2)}\n`);
      return 0;
    case 'sweep': {
      const answer = await ask('Sweep', { dryRun: !settings.yes, all: settings.all });
      return showSweep(answer, settings, write);
    }
    default:
      throw new PeerPodError('E_SETTING', `unknown command ${command}\n\n${usage}`);
  }
}

function findSandbox({ sandboxes = [] }: AdminAnswer, id: string | undefined): object {
  if (!id) throw new PeerPodError('E_SETTING', 'show wants a sandbox id');
  const found = sandboxes.filter(({ sandboxId }) => sandboxId.startsWith(id));
  const [only] = found;
  if (!only) throw new PeerPodError('E_SANDBOX_UNKNOWN', `no sandbox ${id}`);
  if (found.length > 1) throw new PeerPodError('E_SETTING', `${found.length} sandboxes begin with ${id}`);
  return only;
}

function showSandboxes({ sandboxes = [] }: AdminAnswer, json: boolean, write: (text: string) => void): void {
  if (json) {
    write(`${JSON.stringify(sandboxes, null, 2)}\n`);
    return;
  }
  const rows = sandboxes.map(({ sandboxId, request, state, podVmId, addresses, network }) => [
    sandboxId.slice(0, 12),
    `${request.podNamespace}/${request.podName}`,
    state.step === undefined ? state.at : `${state.at} (${state.step})`,
    podVmId ?? '-',
    addresses?.join(' ') ?? '-',
    String(network.vni),
  ]);
  write(renderTable(['SANDBOX', 'POD', 'STATE', 'POD VM', 'ADDRESSES', 'VNI'], rows));
}

function showSweep(answer: AdminAnswer, { json, yes }: Settings, write: (text: string) => void): number {
  const { found = [], due = [], mended = [], unasked = [] } = answer;
  const exitCode = found.length > mended.length ? 1 : 0;
  if (json) {
    write(`${JSON.stringify({ found, due, mended, unasked }, null, 2)}\n`);
    return exitCode;
  }
  const has = (list: readonly object[], one: object) =>
    list.some((each) => JSON.stringify(each) === JSON.stringify(one));
  const rows = found.map((finding) => [
    finding.what,
    finding.sandboxId,
    finding.podVmId ?? '-',
    has(mended, finding) ? 'mended' : has(due, finding) ? 'due' : 'in its grace',
  ]);
  if (rows.length > 0) write(renderTable(['FINDING', 'SANDBOX', 'POD VM', 'STATUS'], rows));
  else write('everything fits together\n');
  for (const whom of unasked) write(`the ${whom} could not be asked\n`);
  if (due.length > 0 && !yes) write('\npeerpodctl sweep --yes mends what is due\n');
  return exitCode;
}
