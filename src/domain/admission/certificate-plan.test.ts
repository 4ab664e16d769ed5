import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '#base/clock.ts';
import { Secret } from '#base/secret.ts';
import { issueServingCertificate } from '#io/serving-certificate.ts';
import {
  type CertificateFacts,
  type CertificatePolicy,
  type CertificateStore,
  type Generation,
  generationFault,
  needsFresh,
  planCertificates,
  renewalMs,
  storeAfter,
} from './certificate-plan.ts';
import { decodeStore, encodeStore } from './certificate-secret.ts';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 1);
const dnsNames = ['hook.system.svc', 'hook.system.svc.cluster.local'];
const policy: CertificatePolicy = { dnsNames, validityMs: 90 * day, overlapMs: hour };

const at = (nowMs: number): Clock => ({ now: () => 0, wallNow: () => nowMs, after: () => () => {} });
const issue = (nowMs: number, names = dnsNames) =>
  issueServingCertificate({ dnsNames: names, validityMs: policy.validityMs, clock: at(nowMs) });

let [first, second]: Generation[] = [];
before(async () => {
  [first, second] = [issue(start), issue(start + 60 * day)];
});

const store = (more: Partial<CertificateStore> = {}): CertificateStore => ({
  current: first as Generation,
  next: undefined,
  nextTrustedAtMs: undefined,
  previousCaPem: undefined,
  promotedAtMs: undefined,
  ...more,
});
const plan = (facts: Partial<CertificateFacts>) =>
  planCertificates({ store: store(), bundles: [first?.caCertPem ?? ''], nowMs: start, ...facts }, policy);

test('where nothing is stored a first generation is', () => {
  assert.deepEqual(plan({ store: undefined }), [{ do: 'create' }]);
});

test('a certificate that is trusted and has time is left alone, configuration or none', () => {
  assert.deepEqual(plan({}), []);
  assert.deepEqual(plan({ bundles: undefined }), []);
  assert.deepEqual(plan({ bundles: [] }), []);
  assert.deepEqual(plan({ bundles: [`\n${first?.caCertPem.replaceAll('\n', '\r\n')}\n`] }), []);
});

test('a configuration that trusts nobody, somebody else, or in one of its webhooks, is corrected', () => {
  for (const bundles of [[''], [second?.caCertPem ?? ''], [first?.caCertPem ?? '', '']]) {
    assert.deepEqual(plan({ bundles }), [{ do: 'trust', bundle: first?.caCertPem }]);
  }
});

test('a renewal goes: stage, trust both, wait, promote, wait, retire, trust one', () => {
  const nowMs = start + 60 * day;
  const one = first?.caCertPem ?? '';
  const both = one + second?.caCertPem;
  assert.deepEqual(plan({ nowMs: nowMs - 2000 }), []);
  assert.deepEqual(plan({ nowMs }), [{ do: 'stage' }]);
  const staged = store({ next: second });
  assert.deepEqual(plan({ nowMs, store: staged }), [{ do: 'trust', bundle: both }]);
  assert.deepEqual(plan({ nowMs, store: staged, bundles: [both] }), [{ do: 'note-trusted' }]);
  const trusted = store({ next: second, nextTrustedAtMs: nowMs });
  assert.deepEqual(plan({ nowMs: nowMs + hour - 1, store: trusted, bundles: [both] }), []);
  assert.deepEqual(plan({ nowMs: nowMs + hour, store: trusted, bundles: [one] }), [{ do: 'trust', bundle: both }]);
  assert.deepEqual(plan({ nowMs: nowMs + hour, store: trusted, bundles: [both] }), [{ do: 'promote' }]);
  const promoted = storeAfter(trusted, { do: 'promote' }, () => assert.fail(), nowMs + hour);
  assert.deepEqual([promoted.current, promoted.previousCaPem], [second, one]);
  assert.deepEqual(plan({ nowMs: nowMs + 2 * hour - 1, store: promoted, bundles: [both] }), []);
  assert.deepEqual(plan({ nowMs: nowMs + 2 * hour, store: promoted, bundles: [both] }), [{ do: 'retire' }]);
  const retired = storeAfter(promoted, { do: 'retire' }, () => assert.fail(), nowMs);
  assert.deepEqual(plan({ nowMs: nowMs + 2 * hour, store: retired, bundles: [both] }), [
    { do: 'trust', bundle: second?.caCertPem },
  ]);
});

test('what is useless is replaced at once, and its CA stays trusted where it is one', () => {
  const cases = [
    [{ ...first, certPem: '' }, /can not be read/, true],
    [{ ...first, caCertPem: 'x' }, /can not be read/, false],
    [{ ...first, key: second?.key }, /the key is not that/, true],
    [{ ...first, caCertPem: second?.caCertPem }, /not signed by its CA/, true],
  ] as const;
  for (const [current, why, keeps] of cases) {
    const [action, ...more] = plan({ store: store({ current: current as Generation }) });
    assert.ok(action?.do === 'replace' && more.length === 0);
    assert.match(action.why, why);
    assert.equal(action.keepCaPem !== undefined, keeps);
  }
  const [ended] = plan({ nowMs: start + 91 * day });
  assert.ok(ended?.do === 'replace' && /^it ended at /.test(ended.why));
});

test('a service of another name needs another certificate', async () => {
  const other = issue(start, ['hook.elsewhere.svc']);
  const [action] = plan({ store: store({ current: other }) });
  assert.deepEqual(action?.do === 'replace' && action.why, 'it is not for hook.system.svc');
});

test('a useless next one is staged again, a sound one takes over from a useless current one', () => {
  const broken = { ...second, key: new Secret('') } as Generation;
  assert.deepEqual(plan({ store: store({ next: broken }), bundles: undefined }), [{ do: 'stage' }]);
  const useless = store({ current: { ...first, certPem: '' } as Generation, next: second });
  assert.deepEqual(plan({ store: useless }), [{ do: 'promote' }]);
});

test('a store survives its Secret, with what else is in there, and an empty Secret is a useless store', () => {
  const full = store({
    next: second,
    nextTrustedAtMs: start,
    previousCaPem: second?.caCertPem,
    promotedAtMs: start + 1,
  });
  for (const one of [store(), full]) {
    const content = encodeStore(one, { annotations: { a: 'b', 'kata.peerpods.io/promoted-at': 'x' } });
    assert.equal(content.annotations?.a, 'b');
    const back = decodeStore(content);
    assert.deepEqual(encodeStore(back), encodeStore(one));
  }
  assert.match(generationFault(decodeStore({}).current, dnsNames, start) ?? '', /can not be read/);
});

/** Numbers in [0, 1) from a seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Replicas that look at their own times and lose work, one API server that hears of its configuration late. */
class Cluster {
  readonly #random: () => number;
  readonly #certificates: readonly Generation[];
  readonly #heard: { atMs: number; bundle: string }[] = [];
  readonly #replicas = [0, 1, 2].map(() => ({ shown: undefined as Generation | undefined, nextMs: start }));
  #store: CertificateStore | undefined;
  #bundle = '';
  #nowMs = start;
  #used = 0;
  promotions = 0;

  constructor(seed: number, certificates: readonly Generation[]) {
    this.#random = seeded(seed);
    this.#certificates = certificates;
  }

  runUntil(endMs: number): void {
    while (this.#nowMs < endMs) {
      this.#skipIdleTime();
      const replica = this.#replicas.reduce((one, other) => (one.nextMs <= other.nextMs ? one : other));
      this.#nowMs = replica.nextMs;
      replica.nextMs += (policy.overlapMs / 4) * (0.5 + this.#random() / 2);
      if (this.#random() < 0.8) this.#act();
      replica.shown = this.#store?.current;
      this.#check();
    }
  }

  /** Nothing is due for weeks, and each look costs time. */
  #skipIdleTime(): void {
    const { current, next, previousCaPem } = this.#store ?? {};
    if (!current || next || previousCaPem !== undefined || !this.#replicas.every(({ shown }) => shown === current))
      return;
    const jumpMs = renewalMs(current, policy) - policy.overlapMs - this.#nowMs;
    if (jumpMs > 0) for (const replica of this.#replicas) replica.nextMs += jumpMs;
  }

  #act(): void {
    const facts = { store: this.#store, bundles: [this.#bundle], nowMs: this.#nowMs };
    const [action] = planCertificates(facts, policy);
    if (action?.do === 'trust') {
      this.#bundle = action.bundle;
      this.#heard.push({ atMs: this.#nowMs + this.#random() * 60_000, bundle: action.bundle });
    } else if (action) {
      if (action.do === 'promote') this.promotions += 1;
      if (needsFresh(action)) this.#used += 1;
      this.#store = storeAfter(this.#store, action, () => this.#fresh(), this.#nowMs);
    }
  }

  /** Generation n was issued n times 60 days after the start, as renewals go. */
  #fresh(): Generation {
    const generation = this.#certificates[this.#used - 1];
    assert.ok(generation, 'no generation is renewed early');
    return generation;
  }

  #check(): void {
    const trusted = this.#heard.findLast(({ atMs }) => atMs <= this.#nowMs)?.bundle;
    if (trusted === undefined) return; // the very beginning
    for (const { shown } of this.#replicas) {
      if (shown) assert.ok(trusted.includes(shown.caCertPem), `shown untrusted on day ${(this.#nowMs - start) / day}`);
    }
  }
}

test('over renewals, late replicas and lost work, each shown certificate is trusted', async () => {
  const certificates = await Promise.all(Array.from({ length: 5 }, (_, n) => issue(start + n * 60 * day)));
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const cluster = new Cluster(seed, certificates);
      cluster.runUntil(start + 260 * day);
      assert.equal(cluster.promotions, 4);
    }),
    { numRuns: 8 },
  );
});
