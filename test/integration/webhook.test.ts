/** peerpods-webhook as the API server meets it: real TLS, replayed AdmissionReviews, renewed certificates, its end. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonPatch } from '#domain/admission/json-patch.ts';
import { applied, container, peerPod, type TestPod } from '../support/admission-pods.ts';
import { admissionReview } from '../support/admission-reviews.ts';
import { ask1, ask2, connect2, type Got, openRaw, type Reached } from '../support/https-client.ts';
import { TestCa } from '../support/test-ca.ts';
import { SecretMount, WebhookProcess } from '../support/webhook-process.ts';

let ca: TestCa;
let secondCa: TestCa;
before(async () => {
  [ca, secondCa] = await Promise.all([TestCa.create('first'), TestCa.create('second')]);
});

const pod = peerPod([container('app', { cpu: '6', memory: '8Gi' })]);

function responseOf({ status, body }: Got) {
  assert.equal(status, 200, body);
  return JSON.parse(body).response;
}

function patched(got: Got, before: TestPod = pod): TestPod {
  const { patch } = responseOf(got);
  return applied(before, JSON.parse(Buffer.from(patch, 'base64').toString()) as JsonPatch);
}

const annotation = (one: TestPod, name: string) =>
  one.metadata.annotations?.[`io.katacontainers.config.hypervisor.${name}`];

async function start(t: TestContext, args: readonly string[] = [], environment: Record<string, string> = {}) {
  const mount = new SecretMount(t);
  mount.put(await ca.issue('localhost'));
  const webhook = WebhookProcess.start(t, ['-cert-dir', mount.path, '-drain-delay', '500ms', ...args], environment);
  const ports = await webhook.ports();
  const at: Reached = { port: ports.port, caPem: ca.certPem };
  const health = (path: string) => fetch(`http://127.0.0.1:${ports.health}${path}`);
  return { webhook, mount, at, ports, health };
}

test('reviews are answered over HTTP/1.1 and HTTP/2, and counted', async (t) => {
  const { at, ports, health } = await start(t);
  const session = await connect2(at);
  t.after(() => session.destroy());
  for (const got of [
    await ask1(at, { body: admissionReview(pod) }),
    await ask2(session, { body: admissionReview(pod) }),
  ]) {
    assert.equal(got.headers['content-type'], 'application/json');
    assert.equal(annotation(patched(got), 'default_memory'), '8192');
  }
  const denied = responseOf(await ask1(at, { body: admissionReview(peerPod([container('a', { cpu: '-1' })])) }));
  assert.deepEqual([denied.allowed, denied.status.code], [false, 422]);
  await ask1(at, { body: admissionReview({ ...pod, spec: { ...pod.spec, runtimeClassName: 'other' } }) });
  const { body, status } = await ask1({ ...at, port: ports.metrics }, { method: 'GET', path: '/metrics' });
  assert.equal(status, 200);
  for (const line of [
    'controller_runtime_webhook_requests_total{webhook="/mutate-v1-pod",code="200"} 4',
    'controller_runtime_webhook_requests_in_flight{webhook="/mutate-v1-pod"} 0',
    'controller_runtime_webhook_latency_seconds_count{webhook="/mutate-v1-pod"} 4',
    'peerpods_webhook_reviews_total{outcome="mutated"} 2',
    'peerpods_webhook_reviews_total{outcome="denied"} 1',
    'peerpods_webhook_reviews_total{outcome="unchanged"} 1',
    'certwatcher_read_certificate_total 1',
  ]) {
    assert.ok(body.includes(`${line}\n`), `${line}\n\n${body}`);
  }
  assert.match(body, /^peerpods_webhook_certificate_expiry_timestamp_seconds \d{10}$/m);
  for (const path of ['/healthz', '/readyz']) assert.equal((await health(path)).status, 200);
});

test('what is no review is answered with a verdict, not with a failed call', async (t) => {
  const { at } = await start(t);
  const cases = [
    [{ body: '' }, 400, ''],
    [{ body: '{' }, 400, ''],
    [{ body: admissionReview(pod), headers: { 'content-type': 'text/plain' } }, 400, ''],
    [{ body: admissionReview(pod, { object: { spec: { runtimeClassName: 4 } } }) }, 400, 'u'],
    [{ body: 'x'.repeat(7 * 1024 * 1024 + 1) }, 413, ''],
  ] as const;
  for (const [asked, code, uid] of cases) {
    const response = responseOf(await ask1(at, asked));
    assert.deepEqual([response.allowed, response.status.code, response.uid], [false, code, uid]);
  }
  const charset = { 'content-type': 'application/json; charset=utf-8' };
  assert.equal(responseOf(await ask1(at, { body: admissionReview(pod), headers: charset })).allowed, true);
  assert.equal((await ask1(at, { path: '/validate', body: admissionReview(pod) })).status, 404);
  assert.equal((await ask1(at, { method: 'GET' })).status, 405);
});

test('callers that are slow, silent or half gone do not slow the others down', async (t) => {
  const { at } = await start(t);
  const slow = await Promise.all(Array.from({ length: 100 }, () => openRaw(at)));
  t.after(() => slow.forEach((socket) => void socket.destroy()));
  const head =
    'POST /mutate-v1-pod HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000000\r\n\r\n';
  for (const [n, socket] of slow.entries()) if (n % 2 === 0) socket.write(head + '{'.repeat(n * 100));
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const times: number[] = [];
  for (let n = 0; n < 50; n += 1) {
    const began = performance.now();
    responseOf(await ask1(at, { body: admissionReview(pod), agent }));
    times.push(performance.now() - began);
  }
  assert.ok((times.toSorted((a, b) => a - b)[25] ?? 999) < 50, times.join());
});

test('a renewed certificate is shown without a restart, and no call fails meanwhile', async (t) => {
  const { at, mount, webhook } = await start(t);
  const both = { ...at, caPem: ca.certPem + secondCa.certPem };
  let over = false;
  const shown = new Set<string | undefined>();
  const kept = new https.Agent({ keepAlive: true, maxSockets: 2 });
  t.after(() => kept.destroy());
  const load = [undefined, undefined, kept, kept].map(async (agent) => {
    let calls = 0;
    for (; !over; calls += 1) {
      const got = await ask1(both, { body: admissionReview(pod), ...(agent && { agent }) });
      assert.equal(responseOf(got).allowed, true);
      if (!agent) shown.add(got.fingerprint256);
    }
    return calls;
  });
  for (let renewal = 0; renewal < 6; renewal += 1) {
    mount.put(await (renewal % 2 === 0 ? secondCa : ca).issue('localhost'));
    await webhook.logged('showing a certificate', renewal + 2);
  }
  await delay(50);
  over = true;
  const calls = await Promise.all(load);
  assert.equal(shown.size, 7);
  assert.ok(
    calls.every((count) => count > 5),
    calls.join(),
  );
});

test('it waits for a certificate, is not ready meanwhile, and takes no pair that does not fit together', async (t) => {
  const mount = new SecretMount(t);
  const webhook = WebhookProcess.start(t, ['-cert-dir', mount.path, '-health-probe-bind-address', '127.0.0.1:18091']);
  await webhook.logged('no usable certificate');
  const readyz = async () => (await fetch('http://127.0.0.1:18091/readyz')).status;
  assert.equal(await readyz(), 503);
  const [one, other] = await Promise.all([ca.issue('localhost'), ca.issue('localhost')]);
  mount.put({ certPem: one.certPem, keyPem: other.keyPem });
  await webhook.logged('no usable certificate', 2);
  assert.equal(await readyz(), 503);
  mount.put(one);
  const { port } = await webhook.ports();
  assert.equal(await readyz(), 200);
  // Files of an older kind, replaced one after the other.
  writeFileSync(join(mount.path, '..data', 'tls.crt'), other.certPem);
  await webhook.logged('no usable certificate', 3);
  responseOf(await ask1({ port, caPem: ca.certPem }, { body: admissionReview(pod) }));
  writeFileSync(join(mount.path, '..data', 'tls.key'), other.keyPem);
  mount.put(other);
  await webhook.logged('showing a certificate', 2);
});

test('told to stop before there is a certificate it ends with 0', async (t) => {
  const webhook = WebhookProcess.start(t, ['-cert-dir', new SecretMount(t).path]);
  await webhook.logged('no usable certificate');
  assert.equal(await webhook.kill('SIGTERM'), 0);
});

test('told to stop it is unready at once, serves until the cluster knows, answers what has begun, and ends with 0', async (t) => {
  const { at, webhook, health } = await start(t);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  await ask1(at, { body: admissionReview(pod), agent });
  const half = await openRaw(at);
  const body = admissionReview(pod);
  half.write(
    `POST /mutate-v1-pod HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  await delay(100);
  const exited = webhook.kill('SIGTERM');
  await webhook.logged('stopping');
  await delay(50);
  assert.equal((await health('/readyz')).status, 503);
  assert.equal((await health('/healthz')).status, 200);
  const kept = await ask1(at, { body: admissionReview(pod), agent });
  assert.equal(kept.headers.connection, 'close');
  assert.equal(responseOf(await ask1(at, { body: admissionReview(pod) })).allowed, true);
  await delay(600); // past the delay: nobody new is let in
  await assert.rejects(ask1(at, { body }));
  half.write(body);
  const [answer] = (await new Promise((resolve) => half.once('data', (data) => resolve([String(data)])))) as [string];
  assert.match(answer, /^HTTP\/1.1 200/);
  assert.equal(await exited, 0);
});

test('settings come from the names that deployments know, and decide over pods', async (t) => {
  const mutated = async (environment: Record<string, string>, args: string[] = [], one: TestPod = pod) => {
    const { at, webhook } = await start(t, args, environment);
    const got = await ask1(at, { body: admissionReview(one) });
    await webhook.kill('SIGKILL');
    return got;
  };
  const other = { ...pod, spec: { ...pod.spec, runtimeClassName: 'b' } };
  const environment = {
    TARGET_RUNTIMECLASS: ' a , b',
    TARGET_RUNTIME_CLASS: 'kata-remote',
    POD_VM_EXTENDED_RESOURCE: 'example.com/vm',
    POD_VM_INSTANCE_TYPE: 't2.small',
    PEERPODS_STRIP: 'zero',
    TLS_MIN_VERSION: ' VersionTLS13 ',
  };
  const known = [' --leader-elect', '--metrics-bind-address=0'];
  const result = patched(await mutated(environment, known, other), other);
  assert.equal(annotation(result, 'machine_type'), 't2.small');
  assert.deepEqual(result.spec.containers[0]?.resources?.limits, { cpu: '0', memory: '0', 'example.com/vm': '1' });
  assert.equal(responseOf(await mutated({ TARGET_RUNTIME_CLASS: 'b', TARGET_RUNTIMECLASS: '' })).patch, undefined);
  const large = responseOf(await mutated({ PEERPODS_MAX_VCPUS: '4' }));
  assert.match(large.status.message, /larger VM than there may be: 6 vCPUs, of 4 at most/);
});

for (const [args, message] of [
  [['-tls-min-version', 'VersionTLS11'], /neither VersionTLS12 nor VersionTLS13/],
  [['-certificates', 'self'], /no kubeconfig/],
  [['-metrics-bind-address', '0.0.0.0:0'], /metrics are for 127.0.0.1 only/],
] as const) {
  test(`${args.join(' ')} stops the start by name`, async (t) => {
    const mount = new SecretMount(t);
    mount.put(await ca.issue('localhost'));
    const ports = ['-bind-address', ':0', '-health-probe-bind-address', '127.0.0.1:0'];
    const webhook = new WebhookProcess(['-cert-dir', mount.path, ...ports, ...args], { HOME: '/nonexistent' });
    assert.equal(await webhook.exited, 1);
    assert.match(webhook.stderr, message);
  });
}
