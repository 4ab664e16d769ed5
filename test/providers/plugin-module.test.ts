/** A provider plugin that is an ES module: the example keeps the contract, and a wrong plugin stops the start. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ProviderError, type ProviderModule } from '@peerpods/provider';
import { silentLog } from '#base/log.ts';
import { parseOptions } from '#daemons/options.ts';
import { loadPluginProvider } from '#daemons/provider-table.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { providerConformance, specOf } from '../../providers/contract/conformance.ts';

const root = resolve(import.meta.dirname, '../..');
const example = join(root, 'examples/plugin-node/provider.mjs');
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const { signal } = new AbortController();

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-module-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const load = (path: string, hash?: string, name = 'file') =>
  loadPluginProvider(name, { path, hash, arguments: [] }, {}, silentLog);

function openFile(module: ProviderModule, folder: string, more: readonly string[] = []) {
  const { values } = parseOptions(module.options, [`-file-path=${join(folder, 'vms.json')}`, ...more], {});
  return module.open(values, { log: silentLog, clock: systemClock, random: systemRandom, stateDir: folder });
}

providerConformance('the example plugin in Node', async (context) => {
  const folder = scratch(context);
  const module = await load(example, sha256(example));
  const more = ['-file-size-max=10'];
  return {
    provider: await openFile(module, folder, more),
    userDataBytesMax: module.userDataBytesMax,
    residue: async () => Object.keys(JSON.parse(readFileSync(join(folder, 'vms.json'), 'utf8')) as object),
  };
});

describe('module plugins', () => {
  it('run the bytes that were hashed, though the file changes afterwards, wherever it lies', async (context) => {
    const folder = scratch(context);
    const path = join(folder, 'far-away.mjs');
    copyFileSync(example, path);
    const module = await load(path, sha256(path));
    writeFileSync(path, 'throw new Error("this is not what was hashed")');
    const provider = await openFile(module, folder);
    const podVm = await provider.create(specOf({ cluster: 'c', node: 'n' }), { signal });
    assert.equal(await provider.delete(podVm.id, { signal }), 'gone');
    await provider.close();
  });

  it('with another hash stop the start, and nothing of them runs', async (context) => {
    const path = join(scratch(context), 'wrong.mjs');
    writeFileSync(path, 'globalThis.peerpodsWrongPluginRan = true;');
    await assert.rejects(load(path, 'ab'.repeat(32)), { code: 'E_SETTING', message: /SHA-256 [0-9a-f]{64}, not abab/ });
    assert.equal(Reflect.get(globalThis, 'peerpodsWrongPluginRan'), undefined);
  });

  it('are told apart from a provider of another name, version or shape', async (context) => {
    const folder = scratch(context);
    const written = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    const wrong = (path: string, message: RegExp) => assert.rejects(load(path), { code: 'E_SETTING', message });
    await wrong(written('a.mjs', 'export const provider = {};'), /no apiVersion, the adaptor needs 1/);
    await wrong(written('b.mjs', 'export const apiVersion = 2;'), /apiVersion 2/);
    await wrong(written('c.mjs', 'export const apiVersion = 1, provider = { name: "file" };'), /keeps the contract/);
    await wrong(written('d.mjs', 'export const ;'), /cannot be loaded/);
    await wrong(join(folder, 'missing.mjs'), /cannot be read/);
    await wrong('@nobody/no-such-package', /not installed/);
    await assert.rejects(load(example, undefined, 'aws'), { code: 'E_SETTING', message: /is provider file, not aws/ });
  });

  it('may bring a contract of their own along: their errors keep code and id', async (context) => {
    const path = join(scratch(context), 'bundled.mjs');
    writeFileSync(
      path,
      `export const apiVersion = 1;
       class ProviderError extends Error {
         name = 'ProviderError'; code = 'throttled'; retryAfterMs = 1500; podVmId = 'vm-1';
       }
       const fail = async () => { throw new ProviderError('slow down'); };
       export const provider = { name: 'file', summary: '', options: [], userDataBytesMax: 1,
         open: async () => ({ create: fail, delete: fail, get: fail, list: fail, verify: fail, close: async () => {} }) };`,
    );
    const module = await load(path);
    const host = { log: silentLog, clock: systemClock, random: systemRandom, stateDir: tmpdir() };
    const provider = await module.open({}, host);
    await assert.rejects(provider.get('x', { signal }), (error) => {
      assert.ok(error instanceof ProviderError);
      assert.deepEqual([error.code, error.retryAfterMs, error.podVmId], ['throttled', 1500, 'vm-1']);
      return true;
    });
  });

  it('may be npm packages beside the adaptor, in TypeScript too', async (context) => {
    const folder = join(root, 'node_modules/@peerpods-test/plugin');
    mkdirSync(folder, { recursive: true });
    context.after(() => rmSync(join(root, 'node_modules/@peerpods-test'), { recursive: true }));
    writeFileSync(
      join(folder, 'package.json'),
      '{"name":"@peerpods-test/plugin","type":"module","exports":"./index.mjs"}',
    );
    copyFileSync(example, join(folder, 'index.mjs'));
    assert.equal((await load('@peerpods-test/plugin')).name, 'file');
    const typed = join(scratch(context), 'typed.ts');
    writeFileSync(
      typed,
      `export const apiVersion: number = 1;
       export const provider = { name: 'file', summary: 's', options: [], userDataBytesMax: 1 as number, open() {} };`,
    );
    assert.equal((await load(typed, sha256(typed))).name, 'file');
  });
});

describe('cloud-api-adaptor with a module plugin', () => {
  const adaptor = (argv: readonly string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(root, 'src/daemons/adaptor/main.ts'), ...argv], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    });

  it('lists its options in the help, from the command line and from the variables that deployments know', () => {
    const byFlag = adaptor(['file', '-plugin', example, '-help']);
    assert.equal(byFlag.status, 0, byFlag.stderr);
    assert.match(byFlag.stdout, /^ {2}-file-path TEXT$/m);
    const byVariable = adaptor(['file', '-help'], {
      ENABLE_CLOUD_PROVIDER_EXTERNAL_PLUGIN: 'true',
      CLOUD_PROVIDER_EXTERNAL_PLUGIN_PATH: example,
      CLOUD_PROVIDER_EXTERNAL_PLUGIN_HASH: sha256(example),
    });
    assert.equal(byVariable.stdout, byFlag.stdout);
  });

  it('does not start when the pinned hash is another', () => {
    const { status, stderr } = adaptor(['file', '-help'], {
      ENABLE_CLOUD_PROVIDER_EXTERNAL_PLUGIN: 'true',
      CLOUD_PROVIDER_EXTERNAL_PLUGIN_PATH: example,
      CLOUD_PROVIDER_EXTERNAL_PLUGIN_HASH: '0'.repeat(64),
    });
    assert.equal(status, 1);
    assert.match(stderr, /E_SETTING.*has the SHA-256/);
  });
});
