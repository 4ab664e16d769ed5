import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { silentLog } from '#base/log.ts';
import { encodeInitdata } from '#codec/initdata.ts';
import { provisionFiles, type UserDataSource } from '#domain/boot/provision-files.ts';
import { findUserDataSource } from '#domain/boot/user-data-sources.ts';
import { systemClock } from '#io/system-clock.ts';

const document = '#cloud-config\n\nwrite_files:\n  - path: /run/peerpod/apf.json\n    content: |\n      {}\n';

async function machine(vendor: string, answer: http.RequestListener) {
  const root = await mkdtemp(join(tmpdir(), 'boot-'));
  await mkdir(join(root, 'sys/class/dmi/id'), { recursive: true });
  await writeFile(join(root, 'sys/class/dmi/id/sys_vendor'), `${vendor}\n`);
  const server = http.createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    root,
    linkLocalUrl: url,
    googleUrl: url,
    alibabaUrl: url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(root, { recursive: true });
    },
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const { signal } = new AbortController();

test('each cloud is asked in its own way', async () => {
  const clouds: Record<string, http.RequestListener> = {
    'Microsoft Corporation': ({ url, headers }, response) => {
      const right = headers.metadata === 'true' && url?.includes('userData?api-version=2021-01-01&format=text');
      response.writeHead(right ? 200 : 400).end(`${base64(document).slice(0, 8)}\r\n${base64(document).slice(8)}`);
    },
    'Amazon EC2': ({ method, headers }, response) => {
      if (method === 'PUT') response.end('token');
      else response.writeHead(headers['x-aws-ec2-metadata-token'] === 'token' ? 200 : 401).end(document);
    },
    Google: ({ headers }, response) =>
      response.writeHead(headers['metadata-flavor'] === 'Google' ? 200 : 403).end(base64(document)),
    'Alibaba Cloud': (_request, response) => response.end(document),
  };
  for (const [vendor, answer] of Object.entries(clouds)) {
    await using host = await machine(vendor, answer);
    const source = await findUserDataSource(host);
    assert.equal(await source?.fetch(signal), document, vendor);
  }
});

test('without a token service the older one is asked; any other status is an error', async () => {
  await using host = await machine('Amazon EC2', ({ method }, response) =>
    method === 'PUT' ? response.writeHead(403).end() : response.end(document),
  );
  assert.equal(await (await findUserDataSource(host))?.fetch(signal), document);
  await using broken = await machine('Alibaba Cloud', (_request, response) => response.writeHead(404).end());
  await assert.rejects(async () => (await findUserDataSource(broken))?.fetch(signal), /E_USER_DATA.*404/);
});

test('a file on the image comes before every cloud', async () => {
  await using host = await machine('Amazon EC2', (_request, response) => response.end('wrong'));
  await mkdir(join(host.root, 'media/cidata'), { recursive: true });
  await writeFile(join(host.root, 'media/cidata/user-data'), document);
  assert.equal(await (await findUserDataSource(host))?.fetch(signal), document);
});

/** Time that passes only as the work waits for it. */
function jumpingClock(): Clock & { readonly waited: number[] } {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const waited: number[] = [];
  return {
    waited,
    now: () => now,
    wallNow: () => now,
    after(delayMs, run) {
      const timer = { at: now + delayMs, run };
      timers.add(timer);
      if (delayMs === 5000) waited.push(now);
      setImmediate(() => {
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (!next || delayMs !== 5000) return;
        timers.delete(next);
        now = next.at;
        next.run();
      });
      return () => timers.delete(timer);
    },
  };
}

async function provision(source: UserDataSource | undefined, clock: Clock = systemClock) {
  const root = await mkdtemp(join(tmpdir(), 'provision-'));
  const directory = join(root, 'run');
  try {
    await provisionFiles({ source, directory, timeoutMs: 180_000, clock, log: silentLog });
    const names = (await readdir(directory)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
    const modes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).mode & 0o777));
    return { files: Object.fromEntries(names.map((name, at) => [name, texts[at]])), modes };
  } finally {
    await rm(root, { recursive: true });
  }
}

test('tries go on, 5 s apart, for the whole time', async () => {
  const clock = jumpingClock();
  const source = { name: 'test', fetch: () => Promise.reject(new Error('not yet')) };
  await assert.rejects(provision(source, clock), /E_USER_DATA.*180000 ms.*not yet/);
  assert.ok(clock.waited.length >= 35, `${clock.waited.length} waits`);
  let tries = 0;
  const late = { name: 'test', fetch: async () => (++tries < 20 ? 'write_files: [' : document) };
  assert.equal((await provision(late, jumpingClock())).files['apf.json'], '{}\n');
  assert.equal(tries, 20);
});

test('only allowed paths are written, with modes for their owner alone', async () => {
  const evil = ['/etc/passwd', '/run/peerpod/../x', '/run/peerpod/initdata.digest', '/run/peerpod//aa.toml'];
  const text = `${document}${evil.map((path) => `  - path: ${path}\n    content: |\n      evil\n`).join('')}`;
  const { files, modes } = await provision({ name: 'test', fetch: async () => text });
  assert.deepEqual(Object.keys(files), ['aa.toml', 'apf.json', 'initdata.digest']);
  assert.equal(files['aa.toml'], '');
  assert.match(files['initdata.digest'] ?? '', /^[0-9a-f]{64}$/);
  assert.ok(modes.every((mode) => mode === 0o600));
});

test('initdata overwrites what user data gave directly, and bad initdata fails', async () => {
  const toml =
    'algorithm = "sha512"\nversion = "0.1.0"\n[data]\n"aa.toml" = "new"\n"policy.rego" = "p"\n"other" = "x"\n';
  const files = (initdata: string) =>
    `write_files:\n  - path: /run/peerpod/aa.toml\n    content: old\n  - path: /run/peerpod/initdata\n    content: ${initdata}\n`;
  const given = await provision({ name: 'test', fetch: async () => files(encodeInitdata(toml)) });
  assert.equal(given.files['aa.toml'], 'new');
  assert.equal(given.files['policy.rego'], 'p');
  assert.equal(given.files.other, undefined);
  assert.equal(given.files['initdata.digest']?.length, 128);
  await assert.rejects(provision({ name: 'test', fetch: async () => files('AAAA') }), /E_INITDATA/);
});

test('a machine without a source still gets its dummy initdata', async () => {
  const { files } = await provision(undefined);
  assert.deepEqual(Object.keys(files), ['aa.toml', 'initdata.digest']);
});
