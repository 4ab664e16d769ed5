/** make demo: starts the scene in namespaces of its own, so that it needs no privilege and leaves nothing behind. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inNamespaces, thisMachine, whatIsMissing } from './namespaces.ts';

const usage = `make demo ARGS='[options]'

One peer pod's life on this machine: a shim's calls, a pod VM, the tunnel, the relay, and nothing left behind.

  --pods N           pods side by side (default 1, at most 100)
  --output FORMAT    text (default): live progress; json: one document on stdout
  --provider NAME    who makes the pod VMs: local (default), or qemu: real machines, as root, after \`make podvm\`
  --verbose          show the daemons' logs on stderr
  --help             this text

Exit code: 0 every pod lived and nothing was left, 1 not so, 2 wrong options, 3 this machine cannot run it.
`;

const exitCodes = { failed: 1, usage: 2, machine: 3 } as const;

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
  if (values.provider !== 'local' && values.provider !== 'qemu') {
    throw new Error(`--provider ${values.provider}: only local and qemu can be shown here`);
  }
  return { ...values, pods };
}

function runScene(settings: ReturnType<typeof parse>): void {
  const missing = whatIsMissing(thisMachine);
  if (missing !== undefined) {
    process.stderr.write(`the demo cannot run on this machine\n${missing}\n`);
    process.exitCode = exitCodes.machine;
    return;
  }
  const scene = [process.execPath, join(import.meta.dirname, 'scene.ts')];
  const [command = '', ...args] = inNamespaces(scene, thisMachine.ordinaryUser);
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/node-compile'),
      DEMO_SETTINGS: JSON.stringify(settings),
    },
  });
  child.on('error', (error) => {
    process.stderr.write(`${command} could not be started: ${error.message}\n`);
    process.exitCode = exitCodes.machine;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? exitCodes.failed;
    if (signal) process.stderr.write(`the scene was ended by ${signal}\n`);
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => child.kill('SIGKILL'));
}

try {
  const settings = parse();
  if (settings.help) process.stdout.write(usage);
  else runScene(settings);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = exitCodes.usage;
}
