import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSandboxId } from '#base/brands.ts';
import { type Finding, findings, graceMs, LastingFindings, type Observation } from './findings.ts';

const id = parseSandboxId;
const nothing: Observation = {
  records: [],
  unreadable: new Set(),
  withoutNetns: new Set(),
  podVms: [],
  relay: new Map(),
};
const running = (name: string) => ({ sandboxId: id(name), state: { at: 'running' as const }, podVmId: `vm-${name}` });
const vm = (name: string) => ({ id: `vm-${name}`, sandboxId: name });

test('what fits together is no finding, and neither is what could not be asked', () => {
  const records = [running('a'), { sandboxId: id('b'), state: { at: 'created' as const } }];
  const fits = {
    ...nothing,
    records,
    podVms: [vm('a')],
    relay: new Map([['a', true] as const, ['b', false] as const]),
  };
  assert.deepEqual(findings(fits), []);
  assert.deepEqual(findings({ ...fits, podVms: undefined, relay: undefined }), []);
});

test('each misfit has its finding', () => {
  const records = [running('a'), running('b'), running('c')];
  const observed: Observation = {
    ...nothing,
    records,
    withoutNetns: new Set(['a']),
    podVms: [vm('a'), vm('c'), vm('stranger')],
    relay: new Map([
      ['a', true],
      ['b', true],
      ['c', false],
      ['other', true],
    ]),
  };
  assert.deepEqual(findings(observed), [
    { what: 'ended-pod', sandboxId: 'a', podVmId: 'vm-a' },
    { what: 'lost-pod-vm', sandboxId: 'b', podVmId: 'vm-b' },
    { what: 'not-relayed', sandboxId: 'c' },
    { what: 'unknown-pod-vm', sandboxId: 'stranger', podVmId: 'vm-stranger' },
    { what: 'unknown-socket', sandboxId: 'other' },
  ]);
});

test('a PeerPod of a sandbox that no record knows is found; others, and those of unreadable records, are not', () => {
  const peerPod = (sandboxId: string) => ({ namespace: 'shop', name: `of-${sandboxId}`, sandboxId, podVmId: 'vm-1' });
  const known = { ...nothing, records: [running('a')], podVms: [vm('a')], relay: new Map([['a', true] as const]) };
  const peerPods = [peerPod('a'), peerPod('lost'), peerPod('unreadable')];
  const found = findings({ ...known, unreadable: new Set(['unreadable']), peerPods });
  const lost = { sandboxId: 'lost', podVmId: 'vm-1', peerPod: { namespace: 'shop', name: 'of-lost' } };
  assert.deepEqual(found, [{ what: 'unknown-peer-pod', ...lost }]);
  assert.deepEqual(findings({ ...known, peerPods: undefined }), []);
});

test('a sandbox whose record is unreadable keeps its pod VM and its socket', () => {
  const observed = { ...nothing, unreadable: new Set(['x']), podVms: [vm('x')], relay: new Map([['x', true]]) };
  assert.deepEqual(findings(observed), []);
});

test('what is being started or released is nobody else’s business', () => {
  const states = [{ at: 'starting', step: 'pod-vm' }, { at: 'stopping' }, { at: 'stopped' }] as const;
  const records = states.map((state, at) => ({ sandboxId: id(`s${at}`), state, podVmId: 'gone' }));
  const withoutNetns = new Set(records.map(({ sandboxId }) => sandboxId as string));
  assert.deepEqual(findings({ ...nothing, records, withoutNetns }), []);
});

test('a finding is due when it was there all through its grace, and begins anew when it went away', () => {
  const lasting = new LastingFindings();
  const orphan: Finding = { what: 'unknown-pod-vm', sandboxId: 's', podVmId: 'vm' };
  const grace = graceMs['unknown-pod-vm'];
  assert.deepEqual(lasting.due([orphan], 1000), []);
  assert.deepEqual(lasting.due([orphan], 1000 + grace - 1), []);
  assert.deepEqual(lasting.due([orphan], 1000 + grace), [orphan]);
  assert.deepEqual(lasting.due([], 1000 + grace), []);
  assert.deepEqual(lasting.due([orphan], 1001 + grace), []);
  const other: Finding = { what: 'unknown-pod-vm', sandboxId: 's', podVmId: 'vm2' };
  assert.deepEqual(lasting.due([other], 1000 + 3 * grace), [], 'another pod VM of the sandbox is another finding');
});

test('what has no grace is due at once', () => {
  const finding: Finding = { what: 'not-relayed', sandboxId: 's' };
  assert.deepEqual(new LastingFindings().due([finding], 5), [finding]);
});
