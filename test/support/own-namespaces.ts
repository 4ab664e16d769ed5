/** Runs a test file once more inside network, mount and PID namespaces of its own, where it may play the worker. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { lacksCommand, lacksRoot } from './requirements.ts';

const marker = 'PEERPODS_OWN_NAMESPACES';
/** As long as one test file may take. */
const fileMsMax = 280_000;

/**
 * True inside: the file then registers its tests. Outside it registers one test that runs the file inside and shows what
 * it said. /run is an empty tmpfs there, lo is down, and nothing that the tests leave survives them.
 */
export function insideOwnNamespaces(file: string): boolean {
  if (process.env[marker] === '1') return true;
  test('in namespaces of its own', async (context) => {
    if (lacksRoot(context) || lacksCommand(context, 'unshare')) return;
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
    const script = 'mount -t tmpfs -o mode=0755 tmpfs /run && mkdir /run/netns && "$@"';
    const env: NodeJS.ProcessEnv = { ...process.env, [marker]: '1' };
    delete env.NODE_TEST_CONTEXT; // or the child would speak the runner's binary protocol
    const command = [process.execPath, '--test-reporter=spec', file];
    const child = spawn('unshare', [...flags, 'sh', '-c', script, 'sh', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      timeout: fileMsMax,
      killSignal: 'SIGKILL',
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
    context.diagnostic(said);
    assert.equal(code, 0, said);
  });
  return false;
}
