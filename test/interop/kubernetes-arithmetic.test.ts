/** The webhook's arithmetic against Kubernetes' own: quantities, and what the scheduler reserves for a pod. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { extendRecord } from '#domain/admission/original-resources.ts';
import { viewPod } from '#domain/admission/pod-view.ts';
import { totalsOf } from '#domain/admission/pod-vm-size.ts';
import { parseQuantity, quantityMax } from '#domain/admission/quantity.ts';
import { anyPod } from '../support/admission-arbitraries.ts';
import type { TestPod } from '../support/admission-pods.ts';
import { lacks, lacksCommand } from '../support/requirements.ts';

const source = join(import.meta.dirname, 'kubernetes');
const cache = join(import.meta.dirname, '../../node_modules/.cache/interop');

interface Answer {
  readonly error?: string;
  readonly billionths?: string;
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** The program of these very sources; undefined where it can not be built: an old Go, or no module proxy. */
function program(): string | undefined {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.sum']) hash.update(readFileSync(join(source, file)));
  const path = join(cache, `kubernetes-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  process.stderr.write("building Kubernetes' arithmetic, once\n");
  const built = spawnSync('go', ['build', '-o', `${path}.${process.pid}`, '.'], { cwd: source, stdio: 'inherit' });
  if (built.status !== 0) return undefined;
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

function ask(context: TestContext, questions: readonly object[]): readonly Answer[] | undefined {
  if (lacksCommand(context, 'go')) return undefined;
  const path = program();
  if (path === undefined) {
    lacks(context, false, 'Go 1.26 and its module proxy');
    return undefined;
  }
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('');
  const lines = execFileSync(path, { input, encoding: 'utf8', maxBuffer: 2 ** 26 })
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Answer);
}

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 12 });
const plausible = fc
  .tuple(
    fc.constantFrom('', '+', '-'),
    digits,
    fc.constantFrom('', '.'),
    digits,
    fc.constantFrom(
      '',
      ...'numkMGTPEK',
      'Ki',
      'Mi',
      'Gi',
      'Ti',
      'Pi',
      'Ei',
      'ki',
      'e3',
      'E-2',
      'e+1',
      'e',
      'e-12',
      'i',
    ),
  )
  .map((parts) => parts.join(''));
/** Whether an exponent of nothing is 0 or an error depends on how Kubernetes computes, not on a rule. */
const hasMeaning = (text: string) => !/^[+-]?\.?[eE][+-]?\d/.test(text);
const soup = fc.string({ unit: fc.constantFrom(...'0123456789.+-eEkKMGTPinum'), maxLength: 8 });

test('texts are quantities exactly where Kubernetes says so, and of the same amount', (t) => {
  const texts = fc.sample(fc.oneof(plausible, soup).filter(hasMeaning), { numRuns: 4000, seed: 7 });
  const answers = ask(
    t,
    texts.map((quantity) => ({ quantity })),
  );
  if (!answers) return;
  const differing = texts.filter((text, at) => {
    const { error, billionths = '' } = answers[at] ?? {};
    let ours: bigint | undefined;
    try {
      ours = parseQuantity(text);
    } catch {
      ours = undefined;
    }
    if (error !== undefined || ours === undefined) return (error === undefined) !== (ours !== undefined);
    const theirs = BigInt(billionths);
    const capped = theirs > quantityMax ? quantityMax : theirs < -quantityMax ? -quantityMax : theirs;
    return capped !== ours;
  });
  assert.deepEqual(
    differing.map((text) => [text, answers[texts.indexOf(text)]]),
    [],
  );
});

test("a pod's requests and limits are those that the scheduler counts", (t) => {
  const pods = fc.sample(anyPod, { numRuns: 1000, seed: 7 });
  const answers = ask(
    t,
    pods.map((pod) => ({ pod })),
  );
  if (!answers) return;
  for (const [at, pod] of pods.entries()) {
    const { requests = {}, limits = {}, error }: Answer = answers[at] ?? {};
    assert.equal(error, undefined);
    for (const resource of ['cpu', 'memory']) {
      const ours = schedulerTotals(pod, resource);
      assert.deepEqual(
        ours,
        { requests: BigInt(requests[resource] ?? 0), limits: BigInt(limits[resource] ?? 0) },
        JSON.stringify(pod.spec),
      );
    }
  }
});

function schedulerTotals(pod: TestPod, resource: string) {
  const view = viewPod(pod);
  const record = extendRecord(view, undefined, { resources: ['cpu', 'memory'], keptSizes: [] });
  return totalsOf(resource, view, record, 'scheduler');
}
