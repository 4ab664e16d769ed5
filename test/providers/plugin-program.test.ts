/** A provider plugin that is a program: the example in Python keeps the contract; crashes and hangs are survived. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PodVmProvider, ProviderLog, ProviderModule } from '@peerpods/provider';
import { loadPlugin } from '@peerpods/provider-grpc';
import { silentLog } from '#base/log.ts';
import { parseOptions } from '#daemons/options.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { providerConformance, specOf } from '../../providers/contract/conformance.ts';
import { lacks } from '../support/requirements.ts';
import { fastClock } from './vsphere-scene.ts';

const root = resolve(import.meta.dirname, '../..');
const odd = join(root, 'test/providers/odd-plugin.mjs');
const python = join(root, 'examples/plugin-python/plugin.py');
const cache = process.env.PEERPODS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'peerpods');
const venv = join(cache, 'plugin-python');
const { signal } = new AbortController();
const owner = { cluster: 'c', node: 'n' };
const nodePath = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

interface Lines {
  readonly log: ProviderLog;
  readonly events: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

function recordedLog(): Lines {
  const events: Lines['events'] = [];
  const record = (fields: object, event: string) => void events.push({ event, fields: { ...fields } });
  return { events, log: { debug: () => undefined, info: record, warn: record } };
}

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-state-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function open(module: ProviderModule, stateDir: string, argv: readonly string[], log = silentLog as ProviderLog) {
  const { values } = parseOptions(module.options, argv, {});
  return await module.open(values, { log, clock: systemClock, random: systemRandom, stateDir, owner });
}

interface OddScene {
  readonly provider: PodVmProvider;
  readonly folder: string;
  readonly lines: Lines;
  readonly noted: (name: string) => string;
}

async function inOddScene(context: TestContext, oddity: string, body: (scene: OddScene) => Promise<void>) {
  const folder = scratch(context);
  const lines = recordedLog();
  const spec = { path: odd, arguments: [oddity, folder], hash: undefined, environment: { PATH: nodePath } };
  const module = await loadPlugin(spec, { log: lines.log, clock: systemClock });
  const provider = await open(module, folder, ['-odd-list=a,b'], lines.log);
  try {
    await body({ provider, folder, lines, noted: (name) => readFileSync(join(folder, name), 'utf8') });
  } finally {
    await provider.close();
  }
}

async function eventually(body: () => boolean, what: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (body()) return;
    await delay(25);
  }
  assert.fail(`it never came to: ${what}`);
}

const socketFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('peerpods-plugin-'));
const runs = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

providerConformance('the example plugin in Python', async (context) => {
  if (lacks(context, existsSync(join(venv, '.installed')), 'grpcio (make test installs it)')) return undefined;
  const folder = scratch(context);
  const environment = { PATH: `${join(venv, 'bin')}:${process.env.PATH}`, PYTHONPATH: join(venv, 'generated') };
  const program = { path: python, arguments: [], hash: sha256(python), environment };
  const module = await loadPlugin(program, { log: silentLog, clock: systemClock });
  assert.equal(module.name, 'pyfile');
  const file = join(folder, 'vms.json');
  return {
    provider: await open(module, folder, [`-pyfile-path=${file}`]),
    userDataBytesMax: module.userDataBytesMax,
    residue: async () => Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object),
  };
});

describe('program plugins', () => {
  it('are told settings, owner and spec, field by field', async (context) => {
    await inOddScene(context, '', async ({ provider, noted }) => {
      const configured = JSON.parse(noted('configured')) as Record<string, unknown>;
      assert.deepEqual(configured.owner, owner);
      assert.deepEqual(configured.values, { 'odd-list': { list: { items: ['a', 'b'] } } });
      const spec = {
        ...specOf(owner),
        sizing: { vcpus: 1.5, memoryMiB: 3000, gpuModel: 'T4' },
        image: 'one',
        volumes: ['disk-1', 'disk-2'],
        dedicatedInterface: true,
      };
      const podVm = await provider.create(spec, { signal });
      assert.deepEqual([podVm.name, podVm.sandboxId, podVm.owner], [spec.name, spec.sandboxId, owner]);
      const { sizing, volumes, image, dedicatedInterface, userData } = JSON.parse(noted('spec')) as Record<
        string,
        unknown
      >;
      assert.deepEqual(sizing, { vcpus: 1.5, memoryMib: 3000, gpuModel: 'T4' });
      assert.deepEqual([volumes, image, dedicatedInterface, userData], [spec.volumes, 'one', true, spec.userData]);
    });
  });

  it('listen on a socket that is ours alone, and leave nothing when they are closed', async (context) => {
    const before = new Set(socketFolders());
    await inOddScene(context, '', async () => {
      const [folder = '', ...more] = socketFolders().filter((name) => !before.has(name));
      assert.deepEqual(more, []);
      assert.equal(statSync(join(tmpdir(), folder)).mode & 0o777, 0o700);
      assert.equal(statSync(join(tmpdir(), folder, 'plugin.sock')).mode & 0o777, 0o600);
    });
    assert.deepEqual(
      socketFolders().filter((name) => !before.has(name)),
      [],
    );
  });

  for (const oddity of ['crashes-before', 'crashes-after']) {
    it(`that crash in a create (${oddity}) are started again, and the create ends with one pod VM`, async (context) => {
      await inOddScene(context, oddity, async ({ provider, lines, noted }) => {
        const podVm = await provider.create(specOf(owner), { signal });
        assert.deepEqual(
          (await provider.list(owner, { signal })).map(({ id }) => id),
          [podVm.id],
        );
        assert.equal(runs(Number(noted('crashed'))), false);
        assert.ok(
          lines.events.some(({ event, fields }) => /started again/.test(event) && fields.reason === 'signal SIGKILL'),
        );
      });
    });
  }

  it('that hang are left by who calls, at once, and hear of it', async (context) => {
    await inOddScene(context, 'hangs', async ({ provider, folder, noted }) => {
      const caller = new AbortController();
      const spec = specOf(owner);
      const creating = provider.create(spec, { signal: caller.signal });
      await eventually(() => existsSync(join(folder, 'hung')), 'a call that hangs');
      const startedAt = performance.now();
      caller.abort();
      await assert.rejects(creating, { code: 'aborted' });
      assert.ok(performance.now() - startedAt < 1000);
      await eventually(() => existsSync(join(folder, 'cancelled')), 'the plugin hears of it');
      assert.equal(noted('cancelled'), spec.sandboxId);
    });
  });

  it('that freeze fail their health checks, are killed and started again', async (context) => {
    const folder = scratch(context);
    const lines = recordedLog();
    const spec = { path: odd, arguments: ['freezes', folder], hash: undefined, environment: { PATH: nodePath } };
    const module = await loadPlugin(spec, { log: lines.log, clock: systemClock });
    const host = { log: lines.log, random: systemRandom, stateDir: folder, owner };
    const provider = await module.open({}, { ...host, clock: fastClock(8) });
    context.after(() => provider.close());
    await eventually(() => existsSync(join(folder, 'frozen')), 'a frozen process');
    const frozen = Number(readFileSync(join(folder, 'frozen'), 'utf8'));
    for (let attempt = 0; runs(frozen) && attempt < 300; attempt += 1) await delay(100);
    assert.equal(runs(frozen), false);
    await provider.verify({ signal });
    assert.ok(lines.events.some(({ fields }) => /health service failed/.test(String(fields.reason))));
  });

  it('say why a call failed in words that can be acted upon', async (context) => {
    await inOddScene(context, 'refuses', async ({ provider }) => {
      const full = { code: 'no-capacity', scope: 'zone', podVmId: 'odd-left', message: /the zone is full/ };
      await assert.rejects(provider.create(specOf(owner), { signal }), full);
      await assert.rejects(provider.delete('x', { signal }), { code: 'auth', message: /not yours/ });
    });
    await inOddScene(context, 'nonsense', async ({ provider }) => {
      await assert.rejects(provider.get('x', { signal }), { code: 'invalid-configuration' });
    });
  });

  it('have the capabilities that they name', async (context) => {
    await inOddScene(context, '', async ({ provider, noted, folder }) => {
      const [small] = (await provider.catalogue?.instanceTypes({ signal })) ?? [];
      assert.deepEqual(small, { name: 'small', vcpus: 2, memoryMiB: 4096, gpus: 0, architecture: 'x86_64' });
      await provider.liveUserData?.replace('odd-1', 'text', { signal });
      assert.equal(noted('replaced'), 'odd-1 text');
      const watcher = new AbortController();
      const events: unknown[] = [];
      const watching = provider.events?.watch(owner, (event) => events.push(event), { signal: watcher.signal });
      await eventually(() => events.length > 0, 'an event');
      watcher.abort();
      await watching;
      assert.deepEqual(events, [{ podVmId: 'odd-1', kind: 'preempted', detail: 'in two minutes' }]);
      await eventually(() => existsSync(join(folder, 'unwatched')), 'the plugin hears that nobody watches');
      const warm = await provider.warm?.prepare({ batchId: 'b', count: 2, owner, userData: '' }, { signal });
      assert.deepEqual(
        warm?.map(({ id, state }) => [id, state]),
        [
          ['warm-0', 'creating'],
          ['warm-1', 'creating'],
        ],
      );
      const claimed = await provider.warm?.claim('warm-0', specOf(owner), { signal });
      assert.deepEqual(claimed?.addresses, ['192.0.2.2']);
    });
  });

  it('that say much have lines cut and left out, and what is left out is counted', async (context) => {
    await inOddScene(context, 'noisy', async ({ lines }) => {
      const said = () => lines.events.flatMap(({ fields }) => (typeof fields.line === 'string' ? [fields.line] : []));
      // Two processes: the one that describes itself, and the one that serves.
      await eventually(() => said().length >= 400, 'lines');
      assert.ok(said().every((line) => line.length <= 4097));
      assert.ok(said().length <= 400);
      assert.ok(lines.events.some(({ event, fields }) => /left out/.test(event) && fields.lines === 4801));
    });
  });

  it('that cannot be meant stop the start, and nothing of them runs on', async (context) => {
    const before = new Set(socketFolders());
    const folder = scratch(context);
    const lines = recordedLog();
    const refused = (
      oddity: string,
      message: RegExp,
      more: { readonly path?: string; readonly hash?: string } = {},
    ) => {
      const spec = {
        path: odd,
        arguments: [oddity, folder],
        hash: undefined,
        environment: { PATH: nodePath },
        ...more,
      };
      return assert.rejects(loadPlugin(spec, { log: lines.log, clock: fastClock(20) }), { message });
    };
    await refused('version-2', /version 2 of the provider API, the adaptor speaks 1/);
    await refused('bad-name', /as its name/);
    await refused('exits', /ended before it served: exit status 3/);
    await refused('never-serves', /does not serve within/);
    await refused('', /cannot be run/, { path: '/no/such/program' });
    await refused('', /has the SHA-256 [0-9a-f]{64}, not 0000/, { hash: '0'.repeat(64) });
    assert.deepEqual(
      socketFolders().filter((name) => !before.has(name)),
      [],
    );
  });

  it('end when the adaptor is killed', async (context) => {
    const folder = scratch(context);
    const before = new Set(socketFolders());
    const script = `
      import { loadPlugin } from '@peerpods/provider-grpc';
      const log = { debug() {}, info(fields) { if (fields.pid) console.log(fields.pid); }, warn() {} };
      const clock = { now: () => performance.now(), wallNow: Date.now,
        after: (ms, call) => { const t = setTimeout(call, ms); return () => clearTimeout(t); } };
      const spec = { path: ${JSON.stringify(odd)}, arguments: ['', ${JSON.stringify(folder)}], environment: process.env };
      const module = await loadPlugin(spec, { log, clock });
      await module.open({}, { log, clock, random: { fraction: Math.random }, stateDir: ${JSON.stringify(folder)} });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      env: { PATH: nodePath },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString().trim());
    assert.ok(runs(pid));
    child.kill('SIGKILL');
    await eventually(() => !runs(pid), 'the end of the plugin');
    // Its folder is left: whoever is killed cannot clean up.
    const left = socketFolders().filter((name) => !before.has(name));
    for (const name of left) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  });
});
