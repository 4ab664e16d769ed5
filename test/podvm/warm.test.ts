/** Warm machines: a pod gets one many times faster than a cold one, a killed adaptor finds them again, none is left. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { inNamespaces } from '#dev/demo/namespaces.ts';
import { lacksMachines } from './requirements.ts';
import type { WarmReport } from './warm-scene.ts';

const sceneMsMax = 280_000;
/** The promise is 8; a machine with other work to do is allowed half of it here, the bench is not. */
const ratioMin = 4;

test('pods take warm machines, faster than a cold one, before and after the adaptor was killed', (context) => {
  if (lacksMachines(context)) return;
  const scene = [process.execPath, join(import.meta.dirname, 'warm-scene.ts')];
  const [command = '', ...args] = inNamespaces(scene, false);
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: sceneMsMax });
  assert.equal(result.status, 0, result.stderr);
  const report = JSON.parse(result.stdout) as WarmReport;
  const { coldMs, warmMs } = report;
  context.diagnostic(`cold ${coldMs} ms, warm ${warmMs.join(' and ')} ms`);
  assert.ok(Math.min(...warmMs) * ratioMin < coldMs, `cold ${coldMs} ms, warm ${warmMs.join(', ')} ms`);
  assert.deepEqual(report.machinesAfter, report.machinesBefore, 'the pool took over its machine, and made no other');
  assert.doesNotMatch(report.inWarmPod, /bootstrap|user-data/);
  assert.match(report.inWarmPod, /apf\.json/);
  assert.deepEqual(report.secretsLeft, []);
  assert.deepEqual(report.leftovers, []);
});
