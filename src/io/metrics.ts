/** Prometheus metrics from a table of specifications; what is not in the table can not be measured. */

import { readdirSync } from 'node:fs';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricSpec {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[];
}

export type MetricTable = Readonly<Record<string, MetricSpec>>;
export type MetricLabels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: MetricLabels, value: number];

export interface Metrics<Name extends string> {
  /** Adds to a counter. */
  add(name: Name, labels: MetricLabels, amount?: number): void;
  /** Records one value in a histogram. */
  observe(name: Name, labels: MetricLabels, value: number): void;
  /** Reads a gauge, or a counter that somebody else keeps, each time the metrics are asked for. */
  read(name: Name, samples: () => Iterable<Sample>): void;
  readonly contentType: string;
  render(): Promise<string>;
}

/** Seconds, from a syscall to a slow cloud. */
export const durationBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
];

/** Of this process, read when asked for. */
export const processMetrics = {
  process_cpu_seconds_total: { kind: 'counter', help: 'processor time used', labels: ['mode'] },
  process_resident_memory_bytes: { kind: 'gauge', help: 'resident memory', labels: [] },
  process_heap_bytes: { kind: 'gauge', help: 'JavaScript heap in use', labels: [] },
  process_open_fds: { kind: 'gauge', help: 'open file descriptors', labels: [] },
  process_start_time_seconds: { kind: 'gauge', help: 'when this process started, seconds since 1970', labels: [] },
  process_event_loop_busy_ratio: {
    kind: 'gauge',
    help: 'share of time the event loop was busy, since the start',
    labels: [],
  },
} as const satisfies MetricTable;

export function openMetrics<Name extends string>(
  table: Readonly<Record<Name, MetricSpec>>,
): Metrics<Name | keyof typeof processMetrics> {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const readers = new Map<string, () => Iterable<Sample>>();
  const specs: [string, MetricSpec][] = Object.entries({ ...table, ...processMetrics });
  for (const [name, { kind, help, labels, buckets = durationBuckets }] of specs) {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    const collect = () => refresh(name);
    if (kind === 'counter') counters.set(name, new Counter({ ...options, collect }));
    else if (kind === 'gauge') gauges.set(name, new Gauge({ ...options, collect }));
    else histograms.set(name, new Histogram({ ...options, buckets: [...buckets] }));
  }
  function refresh(name: string): void {
    const samples = readers.get(name)?.();
    if (!samples) return;
    const metric = counters.get(name) ?? gauges.get(name);
    metric?.reset();
    for (const [labels, value] of samples) metric?.inc(labels, value);
  }
  const metrics: Metrics<Name | keyof typeof processMetrics> = {
    add: (name, labels, amount = 1) => counters.get(name)?.inc(labels, amount),
    observe: (name, labels, value) => histograms.get(name)?.observe(labels, value),
    read: (name, samples) => void readers.set(name, samples),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
  readProcess(metrics);
  return metrics;
}

function readProcess(metrics: Metrics<keyof typeof processMetrics>): void {
  const one = (value: () => number) => () => [[{}, value()] as const];
  const startedAt = performance.timeOrigin / 1000;
  metrics.read('process_cpu_seconds_total', () => {
    const { user, system } = process.cpuUsage();
    return [
      [{ mode: 'user' }, user / 1e6],
      [{ mode: 'system' }, system / 1e6],
    ];
  });
  metrics.read(
    'process_resident_memory_bytes',
    one(() => process.memoryUsage.rss()),
  );
  metrics.read(
    'process_heap_bytes',
    one(() => process.memoryUsage().heapUsed),
  );
  metrics.read(
    'process_open_fds',
    one(() => readdirSync('/proc/self/fd').length - 1),
  ); // less the one that reads
  metrics.read(
    'process_start_time_seconds',
    one(() => startedAt),
  );
  metrics.read(
    'process_event_loop_busy_ratio',
    one(() => performance.eventLoopUtilization().utilization),
  );
}
