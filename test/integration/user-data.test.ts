/** What a pod VM reads at boot, from services and files as the clouds have them, and what it makes of it. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { silentLog } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { dummyInitdataToml, encodeInitdata } from '#codec/initdata.ts';
import { encodeUserData } from '#codec/user-data.ts';
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

test('9.1 row 12: each cloud is asked in its own way', async () => {
  const clouds: Record<string, http.RequestListener> = {
    'Microsoft Corporation': ({ url, headers }, response) => {
      const right = headers.metadata === 'true' && url?.includes('userData?api-version=2021-01-01&format=text');
      response.writeHead(right ? 200 : 400).end(`${base64(document).slice(0, 8)}\r\n${base64(document).slice(8)}`);
    },
    'Amazon EC2': ({ method, headers }, response) => {
      if (method === 'PUT') response.end(headers['x-aws-ec2-metadata-token-ttl-seconds'] === '60' ? 'token' : 'none');
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

test('9.1 row 12: IMDSv2 is asked first; whatever fails there, IMDSv1 is asked without a token', async () => {
  const failures: ((response: http.ServerResponse) => void)[] = [
    (response) => response.writeHead(403).end(),
    (response) => response.socket?.destroy(),
  ];
  for (const fail of failures) {
    const asked: string[] = [];
    await using host = await machine('Amazon EC2', ({ method, url, headers }, response) => {
      asked.push(`${method} ${url} ${headers['x-aws-ec2-metadata-token'] ?? '-'}`);
      if (method === 'PUT') fail(response);
      else response.end(document);
    });
    assert.equal(await (await findUserDataSource(host))?.fetch(signal), document);
    assert.deepEqual(asked, ['PUT /latest/api/token -', 'GET /latest/user-data -']);
  }
});

test('any status but 200 is an error, a redirection is not followed, and an answer without end is cut', async () => {
  const answers: [http.RequestListener, RegExp][] = [
    [(_request, response) => response.writeHead(404).end(), /E_USER_DATA.*404/],
    [(_request, response) => response.writeHead(206).end(document), /E_USER_DATA.*206/],
    [(_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(), /fetch failed/],
    [(_request, response) => response.end(Buffer.alloc(1024 * 1024 + 1)), /E_USER_DATA_TOO_LARGE/],
  ];
  for (const [answer, message] of answers) {
    await using host = await machine('Alibaba Cloud', answer);
    await assert.rejects(async () => (await findUserDataSource(host))?.fetch(signal), message);
  }
});

test('9.1 row 12: where base64 is expected, plain text fails, as do other alphabets and missing padding', async () => {
  const wrong = [
    document,
    base64('a?b>c~').replaceAll('+', '-').replaceAll('/', '_'),
    'YQ',
    'YQ=',
    'Y Q==',
    'YQ==YQ==',
  ];
  for (const vendor of ['Microsoft Corporation', 'Google']) {
    for (const text of wrong) {
      await using host = await machine(vendor, (_request, response) => response.end(text));
      const fetching = async () => (await findUserDataSource(host))?.fetch(signal);
      await assert.rejects(fetching, { code: 'E_USER_DATA', message: /not base64/ }, text);
    }
    await using host = await machine(vendor, (_request, response) => response.end('YQ=\r\n=\n'));
    assert.equal(await (await findUserDataSource(host))?.fetch(signal), 'a');
  }
});

test('a machine of no known maker has no source', async () => {
  await using host = await machine('QEMU', (_request, response) => response.end(document));
  assert.equal(await findUserDataSource(host), undefined);
});

test('9.1 row 12: a file on the image comes before every cloud', async () => {
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

test('9.1 row 12: after a failure or bad YAML it tries again, 5 s apart, for the whole 180 s', async () => {
  const clock = jumpingClock();
  const source = { name: 'test', fetch: () => Promise.reject(new Error('not yet')) };
  await assert.rejects(provision(source, clock), /E_USER_DATA.*180000 ms.*not yet/);
  assert.ok(clock.waited.length >= 35, `${clock.waited.length} waits`);
  let tries = 0;
  const late = { name: 'test', fetch: async () => (++tries < 20 ? 'write_files: [' : document) };
  assert.equal((await provision(late, jumpingClock())).files['apf.json'], '{}\n');
  assert.equal(tries, 20);
});

test('9.1 row 12: only allowed paths are written, exactly as they are spelled, for their owner alone', async () => {
  const evil = ['/etc/passwd', '/run/peerpod/../x', '/run/peerpod/initdata.digest', '/run/peerpod//aa.toml'];
  const text = `${document}${evil.map((path) => `  - path: ${path}\n    content: |\n      evil\n`).join('')}`;
  const { files, modes } = await provision({ name: 'test', fetch: async () => text });
  assert.deepEqual(Object.keys(files), ['aa.toml', 'apf.json', 'initdata.digest']);
  assert.equal(files['aa.toml'], '');
  assert.match(files['initdata.digest'] ?? '', /^[0-9a-f]{64}$/);
  assert.ok(modes.every((mode) => mode === 0o600));
});

const withInitdata = (initdata: string) =>
  `write_files:\n  - path: /run/peerpod/aa.toml\n    content: old\n  - path: /run/peerpod/initdata\n    content: ${initdata}\n`;

for (const algorithm of ['sha256', 'sha384', 'sha512']) {
  test(`9.1 row 12: initdata with ${algorithm}: its files replace those given directly, extra keys are left out`, async () => {
    const toml = `algorithm = "${algorithm}"\nversion = "0.1.0"\n[data]\n"aa.toml" = "new"\n"cdh.toml" = '''\nc\n'''\n"policy.rego" = "p"\n"other" = "x"\n`;
    const text = withInitdata(encodeInitdata(toml));
    const { files } = await provision({ name: 'test', fetch: async () => text });
    assert.deepEqual(Object.keys(files), ['aa.toml', 'cdh.toml', 'initdata', 'initdata.digest', 'policy.rego']);
    assert.deepEqual([files['aa.toml'], files['cdh.toml'], files['policy.rego']], ['new', 'c\n', 'p']);
    // Over the bytes as delivered, without a newline at the end.
    assert.equal(files['initdata.digest'], createHash(algorithm).update(toml).digest('hex'));
  });
}

test('bad initdata ends the start, and is not tried again', async () => {
  let tries = 0;
  for (const initdata of ['AAAA', 'not base64!', encodeInitdata('algorithm = "md5"\nversion = "1"\n[data]\n')]) {
    const fetch = async () => {
      tries += 1;
      return withInitdata(initdata);
    };
    await assert.rejects(provision({ name: 'test', fetch }), /E_INITDATA/);
  }
  assert.equal(tries, 3);
});

test('9.1 row 12: without initdata a dummy takes its place, on a machine without a source, too', async () => {
  const dummy = createHash('sha256').update(dummyInitdataToml).digest('hex');
  assert.match(dummyInitdataToml, /^algorithm = "sha256"\nversion = "0\.1\.0"\n/);
  const { files } = await provision(undefined);
  assert.deepEqual(files, { 'aa.toml': '', 'initdata.digest': dummy });
  const given = await provision({ name: 'test', fetch: async () => document });
  assert.deepEqual(given.files, { 'aa.toml': '', 'apf.json': '{}\n', 'initdata.digest': dummy });
});

test('9.1 row 13: what the worker writes is read back, JSON of many lines and empty files included', async () => {
  const json = JSON.stringify({ a: { b: ['c: d', '# e', "'f'"] }, 'g\n': '---' }, undefined, 4);
  const written = encodeUserData([
    { path: '/run/peerpod/apf.json', content: new Secret(json) },
    { path: '/run/peerpod/scratch-space.marker', content: new Secret('') },
    { path: '/run/peerpod/auth.json', content: new Secret('{"auths": {}}\n') },
  ]);
  const { files } = await provision({ name: 'test', fetch: async () => written.reveal() });
  assert.equal(files['apf.json'], `${json}\n`);
  assert.deepEqual(JSON.parse(files['apf.json'] ?? ''), JSON.parse(json));
  assert.equal(files['scratch-space.marker'], '');
  assert.equal(files['auth.json'], '{"auths": {}}\n');
});

test('a second run over what the first one wrote gives the same files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'provision-'));
  const directory = join(root, 'run');
  await mkdir(directory, { mode: 0o755 });
  const source = { name: 'test', fetch: async () => document };
  for (let run = 0; run < 2; run += 1) {
    await provisionFiles({ source, directory, timeoutMs: 1000, clock: systemClock, log: silentLog });
    assert.deepEqual((await readdir(directory)).sort(), ['aa.toml', 'apf.json', 'initdata.digest']);
  }
  assert.equal((await stat(directory)).mode & 0o777, 0o700, 'whatever it was before');
  await rm(root, { recursive: true });
});

test('the command says how it is used, and refuses what it does not know', () => {
  const main = join(import.meta.dirname, '../../src/daemons/process-user-data/main.ts');
  const run = (...words: string[]) => spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
  const help = run('help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /provision-files/);
  assert.equal(run().status, 1);
  assert.equal(run('provision').status, 1);
  const wrong = run('provision-files', '-t', 'soon');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /E_SETTING: -user-data-fetch-timeout: "soon"/);
});
