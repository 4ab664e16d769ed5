/** make chaos: kills each process of a worker at each step of a pod's life, with real processes, and counts what leaks. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `make chaos ARGS='[options]'

Each fault at each step of a pod's life, and the adaptor's death at each of its effects, with real daemons, tunnels and pod
VMs made of namespaces. How many cases there are and how long they take is said first.

  --only TEXT        cases whose name contains TEXT, such as "relay", "running" or "adaptor killed at"
  --list             names of the cases, and nothing is done to anything
  --output FORMAT    text (default): a table that grows; json: one document on stdout
  --help             this text

Needs root. Exit code 1 when anything leaked, or a pod that should have lived did not.
`;

function parse() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      list: { type: 'boolean', default: false },
      output: { type: 'string', default: 'text' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.output !== 'text' && values.output !== 'json') throw new Error('--output wants text or json');
  return values;
}

/** In network, mount and PID namespaces of its own: what a fault leaves ends with them, whatever happens. */
function runScene(settings: ReturnType<typeof parse>): void {
  const flags = [
    '--net',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child=KILL',
    '--mount-proc',
    '--propagation',
    'private',
  ];
  const script = 'mount -t tmpfs -o mode=0755 tmpfs /run || exit 1; mkdir /run/netns; "$@"; exit $?';
  const scene = join(import.meta.dirname, 'scene.ts');
  const child = spawn('unshare', [...flags, 'sh', '-c', script, 'sh', process.execPath, scene], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/node-compile'),
      CHAOS_SETTINGS: JSON.stringify(settings),
    },
  });
  child.on('error', (error) => {
    process.stderr.write(`unshare (util-linux) could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

try {
  const settings = parse();
  if (settings.help) process.stdout.write(usage);
  else if (process.getuid?.() !== 0) throw new Error('chaos needs root');
  else runScene(settings);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
