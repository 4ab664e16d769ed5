import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from './run-program.ts';

test('exit code and both streams come back, and nothing of our environment went in', async () => {
  process.env.PEERPODS_TEST_MARK = 'seen';
  const script = 'echo "out $PEERPODS_TEST_MARK"; echo err >&2; cat; exit 7';
  const { exitCode, output } = await runProgram('sh', ['-c', script], 10_000);
  delete process.env.PEERPODS_TEST_MARK;
  assert.equal(exitCode, 7);
  assert.deepEqual(output.split('\n').toSorted(), ['err', 'out ']);
});

test('what it prints is kept up to a bound only, and it can always print on', async () => {
  const { exitCode, output } = await runProgram('sh', ['-c', 'head -c 1000000 /dev/zero | tr "\\0" x'], 10_000);
  assert.equal(exitCode, 0);
  assert.equal(output.length, 2000);
});

test('a program that is missing, or that does not end, is a coded error', async () => {
  await assert.rejects(runProgram('no-such-program', [], 1000), { code: 'E_IO', message: /start no-such-program/ });
  await assert.rejects(runProgram('sleep', ['60'], 50), { code: 'E_IO', message: /sleep took longer than 50 ms/ });
});
