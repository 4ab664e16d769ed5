import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMetrics } from '#io/metrics.ts';
import { metricSum, parseMetrics } from './prometheus-text.ts';

test('what our own registry writes is read back: labels, escapes, histograms', async () => {
  const metrics = openMetrics({
    calls_total: { kind: 'counter', help: 'calls', labels: ['method', 'code'] },
    wait_seconds: { kind: 'histogram', help: 'waits', labels: [], buckets: [1, 5] },
  });
  metrics.add('calls_total', { method: 'StartVM', code: 'OK' }, 3);
  metrics.add('calls_total', { method: 'StopVM', code: 'a "quoted" \\ one' }, 2);
  metrics.observe('wait_seconds', {}, 2.5);
  const samples = parseMetrics(await metrics.render());
  assert.equal(metricSum(samples, 'calls_total'), 5);
  assert.equal(metricSum(samples, 'calls_total', { method: 'StartVM' }), 3);
  assert.equal(metricSum(samples, 'calls_total', { code: 'a "quoted" \\ one' }), 2);
  assert.equal(metricSum(samples, 'wait_seconds_sum'), 2.5);
  assert.equal(metricSum(samples, 'wait_seconds_bucket', { le: '+Inf' }), 1);
  assert.equal(metricSum(samples, 'nothing_here'), undefined);
  assert.ok((metricSum(samples, 'process_resident_memory_bytes') ?? 0) > 0);
});
