/** The adaptor's health and metrics as a kubelet and Prometheus see them. */

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import { Scene } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';

const port = 8123;

async function get(path: string, method = 'GET'): Promise<{ status: number; body: string; type: string | null }> {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { connection: 'close' } });
  return { status: reply.status, body: await reply.text(), type: reply.headers.get('content-type') };
}

const startProbed = (t: TestContext, argv: readonly string[] = []) =>
  Scene.start(t, { argv: ['-probe-port', String(port), ...argv] });

/** Value of a sample by its whole name with labels, or undefined. */
function sample(metrics: string, name: string): number | undefined {
  const line = metrics.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

if (insideOwnNamespaces(import.meta.filename)) {
  test('live, ready and started while it serves; unknown pages and methods are refused', async (t) => {
    await startProbed(t);
    for (const path of ['/healthz', '/readyz', '/startup']) assert.deepEqual((await get(path)).status, 200, path);
    assert.equal((await get('/startup?x=1')).status, 200);
    assert.equal((await get('/')).status, 404);
    assert.equal((await get('/__proto__')).status, 404);
    assert.equal((await get('/healthz', 'POST')).status, 405);
    assert.deepEqual(await get('/healthz', 'HEAD'), { status: 200, body: '', type: 'text/plain; charset=utf-8' });
  });

  test('it is started once the hypervisor socket can be dialled, and stays so', async (t) => {
    const scene = await startProbed(t);
    rmSync(scene.settings.socket);
    const early = await get('/startup');
    assert.equal(early.status, 500);
    assert.match(early.body, /hypervisor.sock/);
    await scene.restart();
    assert.equal((await get('/startup')).status, 200);
    rmSync(scene.settings.socket);
    assert.equal((await get('/startup')).status, 200);
  });

  test('it is not ready without its relay, but lives', async (t) => {
    await startProbed(t, ['-relay-socket', '/run/no-relay.sock', '-adaptor-socket', '/run/adaptor-only.sock']);
    const { status, body } = await get('/readyz');
    assert.equal(status, 503);
    assert.match(body, /relay/);
    assert.equal((await get('/healthz')).status, 200);
  });

  test('a successor may listen on the port beside it, a stranger on the port stops the start by name', async (t) => {
    await startProbed(t);
    await startProbed(t);
    const stranger = net.createServer();
    await new Promise<void>((resolve) => stranger.listen(port + 1, '127.0.0.1', resolve));
    t.after(() => stranger.close());
    await assert.rejects(Scene.start(t, { argv: ['-probe-port', String(port + 1)] }), {
      code: 'E_SETTING',
      message: /-probe-port 8124/,
    });
  });

  test('metrics tell of sandboxes, calls, stages, releases, the provider and the process', async (t) => {
    const scene = await startProbed(t);
    const [running, stopping] = [await scene.addPod(), await scene.addPod()];
    for (const pod of [running, stopping]) {
      await scene.shim.createVm(pod);
      await scene.shim.startVm(pod.id);
    }
    await assert.rejects(scene.shim.startVm('f'.repeat(64)));
    scene.cloud.failNext('delete', new ProviderError('throttled', 'not now', { retryAfterMs: 60_000 }));
    await assert.rejects(scene.shim.stopVm(stopping.id, 300));
    const { body, type } = await get('/metrics');
    assert.match(type ?? '', /^text\/plain; version=0\.0\.4/);
    const values = {
      'peerpods_sandboxes{state="running"}': 1,
      'peerpods_sandboxes{state="stopping"}': 1,
      'peerpods_sandboxes{state="created"}': 0,
      peerpods_releases_pending: 1,
      'peerpods_release_failures_total{part="pod-vm"}': 1,
      'peerpods_call_duration_seconds_count{method="CreateVM",code="OK"}': 2,
      'peerpods_call_duration_seconds_count{method="StartVM",code="E_SANDBOX_UNKNOWN"}': 1,
      'peerpods_start_stage_duration_seconds_count{stage="tunnel",outcome="ok"}': 2,
      'peerpods_start_stage_duration_seconds_count{stage="relay",outcome="ok"}': 2,
      'peerpods_start_stage_duration_seconds_count{stage="pod-vm",outcome="ok"}': 2,
      'peerpods_start_stage_duration_seconds_count{stage="credentials",outcome="ok"}': 2,
      'peerpods_provider_call_duration_seconds_count{operation="create",outcome="ok"}': 2,
      'peerpods_provider_call_duration_seconds_count{operation="delete",outcome="throttled"}': 1,
    };
    for (const [name, value] of Object.entries(values)) assert.equal(sample(body, name), value, name);
    assert.ok((sample(body, 'process_resident_memory_bytes') ?? 0) > 10e6);
    assert.ok((sample(body, 'process_cpu_seconds_total{mode="user"}') ?? 0) > 0.01);
    assert.ok((sample(body, 'process_open_fds') ?? 0) > 5);
    await scene.restart(); // what was cut short is taken up
    await scene.shim.stopVm(running.id);
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
  });

  test('without a port there is no server', async (t) => {
    for (const off of ['0', '-1']) await Scene.start(t, { argv: ['-probe-port', off] });
    await assert.rejects(get('/healthz'));
  });
}
