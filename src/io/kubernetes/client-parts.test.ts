import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PeerPodError } from '#base/errors.ts';
import { apiVersionOf, kindOf, knownKinds, NODE, PEER_POD, POD } from './kinds.ts';
import { KubernetesError, readRefusal } from './kubernetes-error.ts';
import { LineSplitter } from './line-splitter.ts';
import { ObjectCache } from './object-cache.ts';
import { resourcePath } from './resource-path.ts';
import { attemptsMax, retryDelayMs } from './retry.ts';
import { readWatchLine } from './watch-line.ts';

const code = (expected: string) => (error: unknown) => error instanceof PeerPodError && error.code === expected;
const refusal = (httpStatus: number, retryAfterMs?: number) =>
  new KubernetesError('test', { httpStatus, reason: '', message: '', ...(retryAfterMs && { retryAfterMs }) });

test('paths of core and grouped kinds, of one object and of all', () => {
  assert.equal(resourcePath(POD, {}), '/api/v1/pods');
  assert.equal(resourcePath(POD, { namespace: 'a' }), '/api/v1/namespaces/a/pods');
  assert.equal(resourcePath(NODE, { name: 'n', subresource: 'status' }), '/api/v1/nodes/n/status');
  assert.equal(
    resourcePath(PEER_POD, { namespace: 'a', name: 'x' }, { dryRun: 'All', limit: undefined }),
    '/apis/confidentialcontainers.org/v1alpha1/namespaces/a/peerpods/x?dryRun=All',
  );
});

test('a name can not lead to another path', () => {
  const path = resourcePath(POD, { namespace: 'a', name: '../../nodes/n?x=1' });
  assert.equal(path, '/api/v1/namespaces/a/pods/..%2F..%2Fnodes%2Fn%3Fx%3D1');
});

test('one object of a namespaced kind needs its namespace, and every object a name', () => {
  assert.throws(() => resourcePath(POD, { name: 'x' }), code('E_ARGUMENT'));
  assert.throws(() => resourcePath(NODE, { name: '' }), code('E_ARGUMENT'));
  assert.throws(() => resourcePath(POD, { namespace: '..', name: 'x' }), code('E_ARGUMENT'));
});

test('each kind is found by what its objects say of themselves', () => {
  for (const kind of knownKinds) assert.equal(kindOf({ apiVersion: apiVersionOf(kind), kind: kind.kind }), kind);
  assert.equal(kindOf({ apiVersion: 'v2', kind: 'Pod' }), undefined);
});

test('a refusal is read from the Status object, its header, or from nothing at all', () => {
  const status = { reason: 'Expired', message: 'too old', details: { retryAfterSeconds: 3 } };
  assert.deepEqual(readRefusal(410, status, undefined), {
    httpStatus: 410,
    reason: 'Expired',
    message: 'too old',
    retryAfterMs: 3000,
  });
  assert.equal(readRefusal(429, status, '7').retryAfterMs, 7000);
  assert.deepEqual(readRefusal(502, undefined, undefined), { httpStatus: 502, reason: '', message: 'HTTP status 502' });
  assert.equal(readRefusal(429, {}, 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterMs, undefined);
});

test('each status has its code', () => {
  const codes = [400, 401, 403, 404, 409, 410, 422, 429, 500, 503].map((status) => refusal(status).code.slice(7));
  assert.deepEqual(
    codes.join(' '),
    ['INVALID UNAUTHORIZED FORBIDDEN NOT_FOUND CONFLICT GONE INVALID THROTTLED UNAVAILABLE UNAVAILABLE'].join(' '),
  );
});

test('only what can do no harm twice is called again', () => {
  const lost = new PeerPodError('E_KUBE_UNAVAILABLE', 'reset');
  const again = (error: unknown, repeatable: boolean, neverSent = false) =>
    retryDelayMs(error, 0, { repeatable, neverSent }, () => 0) !== undefined;
  assert.deepEqual([again(lost, true), again(lost, false), again(lost, false, true)], [true, false, true]);
  assert.deepEqual([again(refusal(500), true), again(refusal(500), false)], [true, false]);
  assert.deepEqual([again(refusal(503, 1000), false), again(refusal(429), false)], [true, true]);
  for (const status of [400, 401, 403, 404, 409, 410, 422]) assert.equal(again(refusal(status), true), false);
});

test('the server is waited for as long as it asks, and not tried for ever', () => {
  const call = { repeatable: true, neverSent: false };
  assert.equal(
    retryDelayMs(refusal(429, 4000), 0, call, () => 0),
    4000,
  );
  assert.equal(
    retryDelayMs(refusal(429, 4000), attemptsMax - 1, call, () => 0),
    undefined,
  );
});

test('lines come out the same however the bytes are cut, also inside a character', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.integer({ min: 1, max: 7 })), (texts, cuts) => {
      const lines = texts.map((text) => JSON.stringify(text));
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const splitter = new LineSplitter(1 << 20);
      const seen: string[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = cuts[turn % Math.max(1, cuts.length)] ?? bytes.length;
        seen.push(...splitter.push(bytes.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(seen, lines);
      assert.equal(splitter.pendingBytes, 0);
    }),
  );
});

test('a line without end is bounded', () => {
  const splitter = new LineSplitter(10);
  splitter.push(Buffer.from('12345'));
  assert.throws(() => splitter.push(Buffer.from('678901')), code('E_LIMIT'));
});

test('an event is read; an error event and a line that can not be read end the watch', () => {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } };
  assert.deepEqual(readWatchLine(JSON.stringify({ type: 'ADDED', object }), ''), { type: 'ADDED', object });
  const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '12' } } };
  assert.deepEqual(readWatchLine(JSON.stringify(bookmark), ''), { type: 'BOOKMARK', resourceVersion: '12' });
  const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
  assert.throws(() => readWatchLine(JSON.stringify(gone), ''), code('E_KUBE_GONE'));
  for (const line of ['{', '{"type":"NEW"}', '{"type":"ADDED"}', 'null', '[]', '{"type":"ERROR"}']) {
    assert.throws(() => readWatchLine(line, ''), code('E_KUBE_UNAVAILABLE'), line);
  }
});

test('a new list tells what came, what changed and what went, and nothing else', () => {
  const pod = (name: string, resourceVersion: string, uid = name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n', resourceVersion, uid },
  });
  const cache = new ObjectCache();
  const told = (items: readonly ReturnType<typeof pod>[]) =>
    cache.replaceAll(items).map(({ key, object }) => `${key} ${object?.metadata.resourceVersion ?? 'gone'}`);
  assert.deepEqual(told([pod('a', '1'), pod('b', '1')]), ['n/a 1', 'n/b 1']);
  assert.deepEqual(told([pod('a', '1'), pod('c', '3')]), ['n/c 3', 'n/b gone']);
  assert.deepEqual(told([pod('a', '1', 'another'), pod('c', '3')]), ['n/a 1']);
  assert.equal(cache.apply({ type: 'MODIFIED', object: pod('c', '3') }), undefined);
  assert.deepEqual(cache.apply({ type: 'DELETED', object: pod('c', '4') }), { key: 'n/c', object: undefined });
  assert.equal(cache.apply({ type: 'DELETED', object: pod('c', '4') }), undefined);
  assert.equal(cache.size, 1);
});
