import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMetrics } from '../prometheus-text.ts';
import { type NodeSample, renderUse, useBetween } from './top.ts';

const sample = (atMs: number, pid: number, cpu: number, calls: number): NodeSample => ({
  atMs,
  wallMs: 1_000_000 + atMs,
  daemons: [
    {
      program: 'agent-relay',
      pid,
      metrics: parseMetrics(
        `process_cpu_seconds_total{mode="user"} ${cpu}\nprocess_cpu_seconds_total{mode="system"} ${cpu / 2}\n` +
          `process_resident_memory_bytes 104857600\nprocess_start_time_seconds 940\npeerpods_relay_calls_total ${calls}\n`,
      ),
    },
  ],
  pods: [
    { sandboxId: 'a', pod: 'shop/calm', calls: 1, callsInFlight: 0, relayBytes: 0, fromVmBytes: 0, toVmBytes: 0 },
    {
      sandboxId: 'b',
      pod: 'shop/busy',
      calls,
      callsInFlight: 2,
      relayBytes: calls * 1024,
      fromVmBytes: 4096,
      toVmBytes: 0,
    },
  ],
});

test('use is what happened between two looks, per second; the busiest pod comes first', () => {
  const use = useBetween(sample(0, 7, 1, 100), sample(2000, 7, 2, 120));
  assert.deepEqual(use.daemons, [
    {
      program: 'agent-relay',
      pid: 7,
      cpu: 0.75,
      residentBytes: 104_857_600,
      heapBytes: 0,
      openFds: 0,
      callsPerSecond: 10,
      uptimeMs: 62_000,
    },
  ]);
  assert.deepEqual(
    use.pods.map(({ pod, callsPerSecond, relayBytesPerSecond }) => [pod, callsPerSecond, relayBytesPerSecond]),
    [
      ['shop/calm', 0, 0],
      ['shop/busy', 10, 10_240],
    ],
  );
  const lines = renderUse(use).split('\n');
  assert.match(lines[1] ?? '', /^agent-relay +7 +75\.0% +100MiB +0B +0 +10\.0 +1m2s$/);
  assert.match(lines[4] ?? '', /^shop\/busy +10\.0 +2 +10KiB\/s +0B\/s +0B\/s$/);
});

test('a daemon that was replaced between the looks shows no rates of its predecessor', () => {
  const use = useBetween(sample(0, 7, 100, 100), sample(1000, 8, 1, 5));
  assert.equal(use.daemons[0]?.cpu, 0);
  assert.equal(use.daemons[0]?.callsPerSecond, 0);
});
