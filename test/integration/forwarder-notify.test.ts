/** sd_notify against a real Unix datagram socket, which python3 listens on since Node has none. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lacksCommand } from '../support/requirements.ts';

const listen = `
import socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind(sys.argv[1].replace('@', chr(0)))
print('bound', flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(4096, 4096)
    pids = [struct.unpack('iii', c)[0] for l, t, c in ancillary if t == socket.SCM_CREDENTIALS]
    print(pids[0], data.decode().replace(chr(10), ' '), flush=True)
`;

/** systemd's end of the socket: gives the lines that come, as 'PID ASSIGNMENTS'. */
async function manager(context: TestContext, address: string) {
  const child = spawn('python3', ['-c', listen, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  while (lines.length === 0) await once(child.stdout, 'data');
  return async (wanted: string): Promise<string> => {
    for (;;) {
      const found = lines.find((line) => line.includes(wanted));
      if (found !== undefined) return found;
      await once(child.stdout, 'data');
    }
  };
}

async function folder(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'notify-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

test('the forwarder says READY=1 once it listens, and STOPPING=1 when told to end', async (context) => {
  if (lacksCommand(context, 'python3')) return;
  const directory = await folder(context);
  const address = join(directory, 'notify.sock');
  const heard = await manager(context, address);
  const child = await startForwarder(context, directory, address);
  // From the process itself, so that NotifyAccess=main is enough.
  assert.equal((await heard('READY=1')).split(' ')[0], String(child.pid));
  child.kill('SIGTERM');
  await heard('STOPPING=1');
  await once(child, 'exit');
  assert.equal(child.exitCode, 0);
});

test('a daemon that cannot tell systemd says why, and serves', async (context) => {
  const directory = await folder(context);
  const child = await startForwarder(context, directory, join(directory, 'nobody.sock'));
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  while (!said.includes('systemd is not told')) await once(child.stderr ?? child, 'data');
  assert.equal(child.exitCode, null);
});

/** A process that does what the forwarder's does, but for the network. */
async function startForwarder(context: TestContext, directory: string, notifySocket: string): Promise<ChildProcess> {
  const config = join(directory, 'apf.json');
  await writeFile(config, '{"pod-network": {}}');
  const script = join(directory, 'forwarder.mjs');
  const root = join(import.meta.dirname, '../../src');
  await writeFile(
    script,
    `import { startForwarder } from '${root}/daemons/forwarder/compose.ts';
     import { forwarderOptions, readForwarderSettings } from '${root}/daemons/forwarder/settings.ts';
     import { parseOptions } from '${root}/daemons/options.ts';
     import { runDaemon } from '${root}/daemons/supervise.ts';
     import { openLog } from '${root}/io/log.ts';
     import { systemClock as clock } from '${root}/io/system-clock.ts';
     const log = openLog({ component: 'forwarder', level: 'info' });
     const argv = ['-config', '${config}', '-disable-tls', '-listen', '127.0.0.1:0'];
     const settings = readForwarderSettings(parseOptions(forwarderOptions, argv, {}).values);
     const parts = { clock, log, setUpNetwork: async () => async () => {} };
     const start = (signal) => startForwarder(settings, parts, signal);
     await runDaemon({ name: 'forwarder', log, clock, notifySocket: process.env.NOTIFY_SOCKET, start });`,
  );
  const env = { ...process.env, NOTIFY_SOCKET: notifySocket };
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'pipe'], env });
  context.after(() => child.kill('SIGKILL'));
  return child;
}
