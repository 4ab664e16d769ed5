/** Reads Prometheus' text format, as far as daemons of ours write it. Pure. */

export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Lines that are none are left out. */
export function parseMetrics(text: string): readonly MetricSample[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!match) return [];
    const [, name = '', labels = '', value = ''] = match;
    return [{ name, labels: parseLabels(labels), value: Number(value) }];
  });
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  const unescaped = (value: string) => value.replaceAll(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter));
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

/** The sum over all label sets that match; undefined when there is none. */
export function metricSum(
  samples: readonly MetricSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const found = samples.filter(
    (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
