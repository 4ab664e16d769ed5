/** make demo: starts the scene in namespaces of its own, so that it needs no privilege and leaves nothing behind. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `make demo ARGS='[options]'

One peer pod's life on this machine: a shim's calls, a pod VM, the tunnel, the relay, and nothing left behind.

  --pods N           pods side by side (default 1, at most 100)
  --output FORMAT    text (default): live progress; json: one document on stdout
  --provider NAME    who makes the pod VMs (default local)
  --verbose          show the daemons' logs on stderr
  --help             this text
`;

function parse() {
  const { values } = parseArgs({
    options: {
      pods: { type: 'string', default: '1' },
      output: { type: 'string', default: 'text' },
      provider: { type: 'string', default: 'local' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const pods = Number(values.pods);
  if (!Number.isInteger(pods) || pods < 1 || pods > 100) throw new Error('--pods wants a whole number from 1 to 100');
  if (values.output !== 'text' && values.output !== 'json') throw new Error('--output wants text or json');
  if (values.provider !== 'local') throw new Error(`--provider ${values.provider}: only local can be shown here`);
  return { ...values, pods };
}

/**
 * The scene runs as the first processes of new network, mount and PID namespaces: when it ends, even by kill -9,
 * the kernel ends every process in it and drops every device. /run is an empty tmpfs there.
 */
function runScene(settings: ReturnType<typeof parse>): void {
  const ordinaryUser = process.getuid?.() !== 0;
  const scene = join(import.meta.dirname, 'scene.ts');
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
  if (ordinaryUser) flags.unshift('--user', '--map-root-user');
  // The shell is process 1 of the PID namespace: it reaps the orphans that end inside.
  const script = 'mount -t tmpfs -o mode=0755 tmpfs /run || exit 1; "$@"; exit $?';
  const child = spawn('unshare', [...flags, 'sh', '-c', script, 'sh', process.execPath, scene], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/node-compile'),
      DEMO_SETTINGS: JSON.stringify(settings),
    },
  });
  child.on('error', (error) => {
    process.stderr.write(`unshare (util-linux) could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal) process.stderr.write(`the scene was ended by ${signal}\n`);
    else if (code !== 0 && ordinaryUser) {
      process.stderr.write('hint: as an ordinary user this needs unprivileged user namespaces\n');
    }
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => child.kill('SIGKILL'));
}

try {
  const settings = parse();
  if (settings.help) process.stdout.write(usage);
  else runScene(settings);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
