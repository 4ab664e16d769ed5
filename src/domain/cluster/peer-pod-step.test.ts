import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PeerPod } from './peer-pod.ts';
import { nextPeerPodStep, type PeerPodObservation, type PeerPodStep } from './peer-pod-step.ts';

const nowMs = Date.parse('2026-01-01T12:00:00Z');
const peerPod: PeerPod = {
  namespace: 'team',
  name: 'web-resource-ab12c',
  uid: 'u1',
  podUid: 'p1',
  podName: 'web',
  createdAt: '2026-01-01T11:00:00Z',
  sandboxCreatedAtMs: undefined,
  deletedAtMs: undefined,
  held: true,
  provider: 'aws',
  podVmId: 'i-1',
  node: 'worker-1',
  sandboxId: 'abc',
  abandoned: false,
  told: undefined,
};
const ending = { ...peerPod, deletedAtMs: nowMs - 1000 };
const base = { peerPod, twins: [], nowMs, cluster: 'c1', listLagMs: 60_000 } as const;
const own = { id: 'i-1', owner: { cluster: 'c1', sandboxId: 'abc' } };
const gone = { at: 'gone' } as const;

function reasonOf(step: PeerPodStep): string | undefined {
  return 'verdict' in step ? step.verdict?.reason : undefined;
}

test('a PeerPod that is not being deleted asks for nothing, and neither does one without our finalizer', () => {
  assert.deepEqual(nextPeerPodStep(base), { do: 'nothing' });
  assert.deepEqual(nextPeerPodStep({ ...base, peerPod: { ...ending, held: false } }), { do: 'nothing' });
});

test('the way of a deletion: the pod first, then the tags, then the pod VM, then the finalizer', () => {
  const seen: PeerPodObservation = { ...base, peerPod: ending };
  assert.equal(nextPeerPodStep(seen).do, 'look-at-pod');
  assert.equal(nextPeerPodStep({ ...seen, pod: gone }).do, 'find-vms');
  const found: PeerPodObservation = { ...seen, pod: gone, vms: { at: 'found', vms: [own] } };
  assert.deepEqual(nextPeerPodStep(found), { do: 'delete-vms', ids: ['i-1'] });
  assert.equal(reasonOf(nextPeerPodStep({ ...found, deletion: { at: 'deleting' } })), 'Deleting');
  assert.equal(nextPeerPodStep({ ...found, deletion: gone }).do, 'remove-finalizer');
});

test('a pod that still winds up keeps its VM until its grace is over by a minute', () => {
  const there = (untilMs: number | undefined) =>
    nextPeerPodStep({ ...base, peerPod: ending, pod: { at: 'there', untilMs } });
  assert.equal(reasonOf(there(undefined)), 'WaitingForPod');
  assert.equal(reasonOf(there(nowMs - 59_999)), 'WaitingForPod');
  assert.equal(there(nowMs - 60_000).do, 'find-vms');
});

test('the VM of an older sandbox goes although the pod is there', () => {
  const newer = { ...peerPod, name: 'web-resource-zz', uid: 'u2', createdAt: '2026-01-01T11:30:00Z' };
  assert.equal(nextPeerPodStep({ ...base, peerPod: ending, twins: [newer] }).do, 'find-vms');
});

test('of several sandboxes of one pod the newest stays; made in one second, the finer time tells, or nobody does', () => {
  const older = { ...peerPod, name: 'old', createdAt: '2026-01-01T10:00:00Z' };
  assert.deepEqual(nextPeerPodStep({ ...base, twins: [older] }), { do: 'delete-twins', twins: [older] });
  assert.deepEqual(nextPeerPodStep({ ...base, peerPod: older, twins: [peerPod] }), {
    do: 'delete-twins',
    twins: [older],
  });
  const tie = { ...peerPod, name: 'tie' };
  assert.deepEqual(nextPeerPodStep({ ...base, twins: [tie] }), { do: 'nothing' });
  const [first, second] = [
    { ...peerPod, sandboxCreatedAtMs: 1000.001 },
    { ...tie, sandboxCreatedAtMs: 1000.002 },
  ];
  assert.deepEqual(nextPeerPodStep({ ...base, peerPod: second, twins: [first] }), {
    do: 'delete-twins',
    twins: [first],
  });
});

test('without an id the tags are asked until the list would show the pod VM; without a sandbox id there is none', () => {
  const empty = { ...ending, podVmId: '' };
  const seen: PeerPodObservation = { ...base, peerPod: empty, pod: gone, vms: { at: 'found', vms: [] } };
  assert.deepEqual(
    [nextPeerPodStep(seen), nextPeerPodStep({ ...seen, nowMs: nowMs + 59_000 })].map((step) => step.do),
    ['wait', 'remove-finalizer'],
  );
  const bare = { ...empty, sandboxId: '' };
  assert.equal(nextPeerPodStep({ ...base, peerPod: bare, pod: gone }).do, 'remove-finalizer');
});

test('a pod VM of another cluster or sandbox is left alone, whatever the record says', () => {
  for (const owner of [
    { cluster: 'other', sandboxId: 'abc' },
    { cluster: 'c1', sandboxId: 'other' },
  ]) {
    const step = nextPeerPodStep({
      ...base,
      peerPod: ending,
      pod: gone,
      vms: { at: 'found', vms: [{ id: 'i-1', owner }] },
    });
    assert.equal(reasonOf(step), 'NotOurs');
  }
});

test('a pod VM that lives on its worker is waited for, and goes with the worker', () => {
  const seen = (workerThere: boolean) =>
    nextPeerPodStep({ ...base, peerPod: ending, pod: gone, vms: { at: 'on-worker', workerThere } });
  assert.equal(reasonOf(seen(true)), 'WaitingForAdaptor');
  assert.equal(seen(false).do, 'remove-finalizer');
});

test('a failure is said with what the provider asked for, and the way out', () => {
  const failure = { kind: 'provider', text: 'throttled', retryAfterMs: 7000 } as const;
  const step = nextPeerPodStep({
    ...base,
    peerPod: ending,
    pod: gone,
    vms: { at: 'found', vms: [own] },
    deletion: { at: 'failed', failure },
  });
  assert.equal(step.do === 'wait' && step.againMs, 7000);
  assert.match(step.do === 'wait' ? step.verdict.message : '', /throttled.*peerpods\.io\/abandon=u1/);
});

test('an abandoned PeerPod is let go without a call', () => {
  const step = nextPeerPodStep({ ...base, peerPod: { ...ending, abandoned: true } });
  assert.equal(step.do, 'remove-finalizer');
  assert.equal(reasonOf(step), 'Abandoned');
});

test('whatever goes wrong in between, the finalizer goes only after the pod VM, and in the end it goes', () => {
  const world = fc.record({
    recorded: fc.boolean(),
    podGoneAfter: fc.integer({ min: 0, max: 3 }),
    shownAfter: fc.integer({ min: 0, max: 2 }),
    // Which calls fail, and where the controller dies and forgets what it saw.
    trouble: fc.array(fc.constantFrom('ok', 'fails', 'dies'), { maxLength: 25 }),
    deletions: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(world, ({ recorded, podGoneAfter, shownAfter, trouble, deletions }) => {
      const own = { ...ending, podVmId: recorded ? 'i-1' : '' };
      let [time, alive, held, looks, lists, left, ended] = [nowMs, true, true, 0, 0, deletions, 0];
      const failed = { at: 'unknown', failure: { kind: 'provider', text: 'x' } } as const;
      let seen: PeerPodObservation = { ...base, peerPod: own };
      const forget = () => {
        seen = { ...base, peerPod: own, nowMs: time };
      };
      for (let turn = 0; held; turn += 1) {
        assert.ok(turn < 200, 'it converges');
        const happens = trouble[turn] ?? 'ok';
        const step = nextPeerPodStep(seen);
        if (happens === 'dies') {
          forget();
          continue;
        }
        if (step.do === 'look-at-pod') {
          looks += 1;
          const pod = looks > podGoneAfter ? gone : ({ at: 'there', untilMs: undefined } as const);
          seen = { ...seen, pod: happens === 'fails' ? failed : pod };
        } else if (step.do === 'find-vms') {
          lists += 1;
          const shown = recorded || (alive && lists > shownAfter);
          const vms = shown ? [{ id: 'i-1', owner: alive ? { cluster: 'c1', sandboxId: 'abc' } : undefined }] : [];
          seen = { ...seen, vms: happens === 'fails' ? failed : { at: 'found', vms } };
        } else if (step.do === 'delete-vms') {
          if (happens === 'fails') seen = { ...seen, deletion: { at: 'failed', failure: failed.failure } };
          else if (left > 0) {
            left -= 1;
            seen = { ...seen, deletion: { at: 'deleting' } };
          } else {
            if (alive) ended += 1;
            alive = false;
            seen = { ...seen, deletion: gone };
          }
        } else if (step.do === 'remove-finalizer') {
          if (happens === 'ok') held = false;
        } else {
          assert.equal(step.do, 'wait');
          time += step.do === 'wait' ? Math.min(step.againMs ?? 10_000, 10_000) : 0;
          forget();
        }
      }
      assert.equal(alive, false);
      assert.equal(ended, 1);
    }),
  );
});
