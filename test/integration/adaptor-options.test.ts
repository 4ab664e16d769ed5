/** cloud-api-adaptor as a command: its words, options and variables, and what each mistake says. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { adaptorOptions } from '#daemons/adaptor/settings.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { TestCa } from '../support/test-ca.ts';

const program = join(import.meta.dirname, '../../src/daemons/adaptor/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'adaptor-options-'));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(argv: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program, ...argv], { env: { PATH: process.env.PATH ?? '', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ended, said: () => stderr };
}

const run = (argv: readonly string[], env: Record<string, string> = {}) => start(argv, env).ended;

/** Bodies on the processor at once: each is a process that starts. */
async function eachOf<T>(cases: readonly T[], body: (one: T) => Promise<void>): Promise<void> {
  const queue = [...cases];
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await body(next);
    }),
  );
}

test('no word, an empty one, an option first, an unknown provider: usage on stderr, exit 1', async () => {
  await eachOf([[], [''], ['-socket', '/x'], ['nimbus']], async (argv) => {
    const { code, stdout, stderr } = await run(argv);
    assert.deepEqual([code, stdout], [1, ''], argv.join(' '));
    assert.match(stderr, /Usage: cloud-api-adaptor PROVIDER \[options\]/);
  });
  assert.match((await run(['nimbus'])).stderr, /unknown provider nimbus/);
});

test('help and version end with 0', async () => {
  const [help, version] = await Promise.all([run(['help']), run(['version'])]);
  assert.deepEqual([help.code, version.code], [0, 0]);
  assert.match(help.stdout, /Usage: .*Providers: .*fake.*local/s);
  assert.match(version.stdout, /^cloud-api-adaptor \d+\.\d+\.\d+\n$/);
});

test("PROVIDER -help ends with 0 and lists the adaptor's options and the provider's", async () => {
  await eachOf(['-help', '--help', '-h'], async (word) => {
    const { code, stdout } = await run(['local', word]);
    assert.equal(code, 0);
    for (const { flag } of adaptorOptions) assert.ok(stdout.includes(`  -${flag}`), flag);
    assert.ok(stdout.includes('-local-underlay-cidr'));
  });
});

/** Names and variables that existing deployments use, with the defaults that they rely on. */
const known: Readonly<Record<string, readonly [env: string | undefined, fallback: string | undefined]>> = {
  socket: ['REMOTE_HYPERVISOR_ENDPOINT', '/run/peerpod/hypervisor.sock'],
  'pods-dir': ['PODS_DIR', '/run/peerpod/pods'],
  'pause-image': ['PAUSE_IMAGE', undefined],
  'forwarder-port': ['FORWARDER_PORT', '15150'],
  'ca-cert-file': ['CACERT_FILE', undefined],
  'cert-file': ['CERT_FILE', undefined],
  'cert-key': ['CERT_KEY', undefined],
  'tls-skip-verify': ['TLS_SKIP_VERIFY', 'false'],
  'tls-min-version': ['TLS_MIN_VERSION', undefined],
  'tls-cipher-suites': ['TLS_CIPHER_SUITES', undefined],
  'proxy-timeout': ['PROXY_TIMEOUT', '5m'],
  'tunnel-type': ['TUNNEL_TYPE', 'vxlan'],
  'vxlan-port': ['VXLAN_PORT', '4789'],
  initdata: ['INITDATA', undefined],
  'cloud-config-verify': ['CLOUD_CONFIG_VERIFY', 'false'],
  'peerpods-limit-per-node': ['PEERPODS_LIMIT_PER_NODE', '10'],
  'enable-scratch-space': ['ENABLE_SCRATCH_SPACE', 'false'],
  'ext-network-via-podvm': ['EXTERNAL_NETWORK_VIA_PODVM', 'false'],
  'pod-subnet-cidrs': ['POD_SUBNET_CIDRS', undefined],
  'disable-tls': [undefined, 'false'],
  'host-interface': [undefined, undefined],
  'vxlan-min-id': [undefined, undefined], // random here
  'probe-port': ['PROBE_PORT', '8000'],
  'node-name': ['NODE_NAME', 'localhost'],
  'pod-uid': ['POD_UID', undefined],
  'runtime-class': ['RUNTIMECLASS_NAME', 'kata-remote'],
};

test('every option of existing deployments is there under its name, variable and default', () => {
  const own = new Map(adaptorOptions.map((spec) => [spec.flag, spec]));
  for (const [flag, [env, fallback]] of Object.entries(known)) {
    assert.deepEqual([own.get(flag)?.env, own.get(flag)?.default], [env, fallback], flag);
  }
});

test('a malformed value stops the start with exit 1, and is named', async () => {
  const ca = await TestCa.create('operator');
  const [one, other] = [await ca.issue('one'), await ca.issue('other')];
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const cert = file('one.pem', one.certPem);
  const otherKey = file('other.key', other.keyPem);
  const suites = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256';
  const cases: readonly (readonly [argv: readonly string[], env: Record<string, string>, named: RegExp])[] = [
    [['-nope'], {}, /unknown option -nope/],
    [['-socket'], {}, /-socket needs a value/],
    [['more'], {}, /unexpected argument "more"/],
    [['-forwarder-port', '15150x'], {}, /-forwarder-port: "15150x"/],
    [[], { FORWARDER_PORT: '0' }, /FORWARDER_PORT: "0" .*between 1 and 65535/],
    [[], { PROXY_TIMEOUT: '5' }, /PROXY_TIMEOUT: "5"/],
    [[], { TUNNEL_TYPE: 'geneve' }, /TUNNEL_TYPE: "geneve" .*vxlan/],
    [[], { INITDATA: 'bm90IGd6aXA=' }, /-initdata: .*not gzip/],
    [[], { POD_SUBNET_CIDRS: '10.96.0.0/12, 10.0.0.0/33' }, /-pod-subnet-cidrs: .*10.0.0.0\/33/],
    [['-pod-subnet-cidrs', '10.96.0.0'], {}, /-pod-subnet-cidrs/],
    [['-vxlan-min-id', '16777216'], {}, /-vxlan-min-id: "16777216"/],
    [[], { PEERPODS_LIMIT_PER_NODE: 'ten' }, /PEERPODS_LIMIT_PER_NODE: "ten"/],
    [[], { CLOUD_CONFIG_VERIFY: 'maybe' }, /CLOUD_CONFIG_VERIFY: "maybe"/],
    [[], { TLS_MIN_VERSION: 'VersionTLS11' }, /-tls-min-version.*VersionTLS11/],
    [[], { TLS_CIPHER_SUITES: 'TLS_NULL' }, /-tls-cipher-suites.*TLS_NULL/],
    [['-tls-min-version', 'VersionTLS13', '-tls-cipher-suites', suites], {}, /cipher suites cannot be chosen/],
    [['-tls-skip-verify'], {}, /-tls-skip-verify/],
    [[], { PROBE_PORT: 'http' }, /PROBE_PORT: "http"/],
    [['-cert-file', cert], {}, /-cert-file and -cert-key go together/],
    [['-cert-file', cert, '-cert-key', otherKey], {}, /-cert-key: .*other.key is not the key of .*one.pem/],
    [[], { CACERT_FILE: '/no/such/ca.pem' }, /-ca-cert-file: .*\/no\/such\/ca.pem/],
    [['-ca-cert-file', cert], {}, /-ca-cert-file: no certificate in .*one.pem is a CA/],
    [['-ca-cert-file', otherKey], {}, /-ca-cert-file: the file holds no certificate/],
  ];
  await eachOf(cases, async ([argv, env, named]) => {
    const state = ['-state-dir', join(folder, 'state'), '-pods-dir', join(folder, 'pods'), '-probe-port=0'];
    const isPort = env.PROBE_PORT !== undefined;
    const { code, stdout, stderr } = await run(['fake', ...(isPort ? state.slice(0, 4) : state), ...argv], env);
    assert.equal(code, 1, `${argv.join(' ')} ${JSON.stringify(env)}: ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, named);
    assert.match(stderr, /^cloud-api-adaptor: E_SETTING: [^\n]*\n$/, 'one line');
    assert.ok(!stderr.includes('PRIVATE KEY'));
  });
});

test('a socket that can not be made stops the start', async () => {
  writeFileSync(join(folder, 'file'), '');
  const argv = ['-relay-socket=', '-probe-port=0', '-state-dir', join(folder, 's'), '-pods-dir', join(folder, 'p')];
  const { code, stderr } = await run(['fake', ...argv, '-socket', join(folder, 'file/hypervisor.sock')]);
  assert.equal(code, 1);
  assert.match(stderr, /E_IO: make directory .*file/);
});

test('it serves with what the environment says, an option wins, and SIGTERM ends it with 0', async () => {
  const socket = join(folder, 'run/hypervisor.sock');
  const env = {
    REMOTE_HYPERVISOR_ENDPOINT: '/no/such/place.sock',
    PODS_DIR: join(folder, 'run/pods'),
    STATE_DIR: join(folder, 'run/state'),
    PROXY_TIMEOUT: '1h30m',
    POD_SUBNET_CIDRS: '10.96.0.0/12,fd00::/108',
    EXTERNAL_NETWORK_VIA_PODVM: 'TRUE',
    PEERPODS_LIMIT_PER_NODE: '-1',
    PROBE_PORT: '0',
    VXLAN_PORT: '', // empty is unset
  };
  const daemon = start(['fake', '--socket', socket, '-relay-socket='], env);
  for (;;) {
    if (daemon.child.exitCode !== null) assert.fail(daemon.said());
    const connected = await dialUnix(socket).then(
      (connection) => {
        connection.destroy();
        return true;
      },
      () => false,
    );
    if (connected) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  daemon.child.kill('SIGTERM');
  const { code, stderr } = await daemon.ended;
  assert.equal(code, 0, stderr);
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; component: string });
  assert.ok(events.length >= 2 && events.every(({ component }) => component === 'adaptor'));
});
