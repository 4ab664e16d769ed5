import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMetrics } from './metrics.ts';

const table = {
  calls_total: { kind: 'counter', help: 'calls', labels: ['method'] },
  pods: { kind: 'gauge', help: 'pods', labels: ['state'] },
  call_seconds: { kind: 'histogram', help: 'time', labels: [], buckets: [1, 2] },
} as const;

test('counters add up, histograms count, and gauges are read anew each time', async () => {
  const metrics = openMetrics(table);
  metrics.add('calls_total', { method: 'a' });
  metrics.add('calls_total', { method: 'a' }, 2);
  metrics.observe('call_seconds', {}, 1.5);
  let states = new Map([['running', 2]]);
  metrics.read('pods', () => [...states].map(([state, count]) => [{ state }, count] as const));
  const first = await metrics.render();
  assert.match(first, /^calls_total\{method="a"\} 3$/m);
  assert.match(first, /^call_seconds_bucket\{le="1"\} 0$/m);
  assert.match(first, /^call_seconds_bucket\{le="2"\} 1$/m);
  assert.match(first, /^pods\{state="running"\} 2$/m);
  states = new Map([['stopping', 1]]);
  const second = await metrics.render();
  assert.match(second, /^pods\{state="stopping"\} 1$/m);
  assert.doesNotMatch(second, /running/, 'a sample that is gone is not shown as it was');
});

test('two registries share nothing, and the process is in each', async () => {
  const [one, two] = [openMetrics(table), openMetrics(table)];
  one.add('calls_total', { method: 'a' });
  assert.doesNotMatch(await two.render(), /method="a"/);
  for (const metrics of [one, two]) {
    const text = await metrics.render();
    assert.match(text, /^process_resident_memory_bytes \d{7,}$/m);
    assert.match(text, /^process_cpu_seconds_total\{mode="user"\} [\d.]+$/m);
  }
});
