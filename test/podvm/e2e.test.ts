/** Pods in machines with kernels of their own: all daemons real, the adaptor killed in between, nothing left. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { inNamespaces } from '#dev/demo/namespaces.ts';
import { lacksMachines } from './requirements.ts';
import type { SceneReport } from './scene.ts';

const sceneMsMax = 240_000;

test('two pods live in machines of their own, reach each other, outlive an adaptor, and leave nothing', (context) => {
  if (lacksMachines(context)) return;
  const [command = '', ...args] = inNamespaces([process.execPath, join(import.meta.dirname, 'scene.ts')], false);
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: sceneMsMax });
  assert.equal(result.status, 0, result.stderr);
  const report = JSON.parse(result.stdout) as SceneReport;
  context.diagnostic(report.steps.map(({ name, ms }) => `${name} ${ms} ms`).join(', '));
  for (const stamps of report.stamps) context.diagnostic(stamps.join(', '));
  assert.ok(report.kernels.every((kernel) => kernel.endsWith('-cloud-amd64') && kernel !== report.workerKernel));
  assert.match(report.answers[0] ?? '', /^hello from pod-0/);
  assert.match(report.answers[1] ?? '', /^hello from pod-1/);
  assert.match(report.neighbours[0] ?? '', /^hello from pod-1/);
  assert.match(report.neighbours[1] ?? '', /^hello from pod-0/);
  assert.equal(report.execDuringOutage, 'still here');
  assert.equal(report.execAfterRestart, 'and still');
  assert.deepEqual(report.leftovers, []);
});
