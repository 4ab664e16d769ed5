/** The forwarder's start: what it reads, what it refuses, where it listens, whose material it shows. */

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import type { PeerPodError } from '#base/errors.ts';
import { silentLog } from '#base/log.ts';
import { encodeForwarderConfig, type ForwarderConfig } from '#codec/forwarder-config.ts';
import { startForwarder } from '#daemons/forwarder/compose.ts';
import { forwarderOptions, readForwarderSettings } from '#daemons/forwarder/settings.ts';
import { type Environment, parseOptions } from '#daemons/options.ts';
import { issuePodIdentity, type PodIdentity } from '#io/certificate-authority.ts';
import { systemClock } from '#io/system-clock.ts';

const serverName = 'podvm-a-12345678';
const base = { podNetwork: { vni: 1 }, podNamespace: 'ns', podName: 'pod' };
const issue = () => issuePodIdentity({ serverName, clock: systemClock });
const settingsOf = (words: readonly string[], env: Environment = {}) =>
  readForwarderSettings(parseOptions(forwarderOptions, words, env).values);

async function folder(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'forwarder-start-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

/** Starts one with this apf.json and more words on its command line. */
async function start(context: TestContext, config: ForwarderConfig | string, words: readonly string[] = []) {
  const path = join(await folder(context), 'apf.json');
  await writeFile(path, typeof config === 'string' ? config : encodeForwarderConfig(config).reveal());
  const events: string[] = [];
  const parts = {
    clock: systemClock,
    log: silentLog,
    setUpNetwork: async () => {
      events.push('up');
      return async () => void events.push('down');
    },
  };
  try {
    const settings = settingsOf(['-config', path, '-listen', '127.0.0.1:0', ...words]);
    const forwarder = await startForwarder(settings, parts, new AbortController().signal);
    context.after(() => forwarder.drain());
    return { events, forwarder, port: forwarder.address.port };
  } catch (error) {
    assert.deepEqual(events, [], 'nothing was set up before the refusal');
    throw error;
  }
}

const inFile = (pod: PodIdentity): ForwarderConfig => ({
  ...base,
  tlsServerCert: pod.serverCertPem,
  tlsServerKey: pod.serverKeyPem,
  tlsClientCa: pod.clientCertPem,
});

/** The fingerprint of the server that let this client in; throws when it did not. */
async function shownTo(client: PodIdentity, port: number, more: tls.ConnectionOptions = {}): Promise<string> {
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    servername: serverName,
    rejectUnauthorized: false,
    cert: client.clientCertPem,
    key: client.clientKeyPem.reveal(),
    ...more,
  });
  try {
    await once(socket, 'secureConnect');
    const fingerprint = socket.getPeerCertificate().fingerprint256;
    // Under TLS 1.3 a refusal comes after the client's handshake: only an answer proves that we are in.
    socket.write(Buffer.from([0, 0, 0, 0, 0, 0, 0, 2, 1, 0])); // a request on an even stream is answered at once
    await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => Promise.reject(new Error('refused')))]);
    return fingerprint;
  } finally {
    socket.on('error', () => {}).destroy();
  }
}

test('9.1 row 11: with what was issued for it, it starts from apf.json alone, serves the one client, and takes the network down at the end', async (context) => {
  const [pod, stranger] = [issue(), issue()];
  const { events, forwarder, port } = await start(context, inFile(pod));
  assert.equal(await shownTo(pod, port), pod.serverFingerprint256);
  await assert.rejects(shownTo(stranger, port));
  assert.deepEqual(events, ['up']);
  await forwarder.drain();
  assert.deepEqual(events, ['up', 'down']);
});

test('it refuses to start without a client CA, a certificate, a configuration, or a pod network', async (context) => {
  const pod = issue();
  const { tlsServerCert, tlsServerKey, tlsClientCa } = inFile(pod);
  const refused = async (config: ForwarderConfig | string, words: string[], code: string, text: RegExp) =>
    assert.rejects(start(context, config, words), (error: PeerPodError) => {
      assert.equal(error.code, code);
      return text.test(error.message);
    });
  await refused({ ...base, tlsServerCert, tlsServerKey } as ForwarderConfig, [], 'E_TLS_MATERIAL', /no client CA/);
  await refused({ ...base, tlsClientCa } as ForwarderConfig, [], 'E_TLS_MATERIAL', /no server certificate/);
  await refused({ ...base, podNetwork: null }, ['-disable-tls'], 'E_POD_NETWORK', /apf\.json has no pod-network/);
  await refused('{"pod-network": ', ['-disable-tls'], 'E_DECODE', /not JSON/);
  await refused(base, ['-config', '/nowhere/apf.json'], 'E_SETTING', /nowhere/);
  await refused(base, ['-disable-tls', '-listen', 'nowhere'], 'E_SETTING', /-listen "nowhere" is not HOST:PORT/);
  await refused(base, ['-tls-skip-verify'], 'E_SETTING', /-tls-skip-verify/);
  await refused(base, ['-cert-file', '/a'], 'E_SETTING', /belong together/);
  await refused(inFile(pod), ['-ca-cert-file', '/nowhere/ca.pem'], 'E_SETTING', /nowhere\/ca\.pem/);
  await refused(inFile(pod), ['-tls-min-version', 'VersionTLS11'], 'E_SETTING', /VersionTLS11/);
});

test('9.1 row 8: certificate, key and client CA in files win over those in apf.json', async (context) => {
  const [sent, own] = [issue(), issue()];
  const directory = await folder(context);
  const file = async (name: string, text: string) => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const cert = ['-cert-file', await file('s.pem', own.serverCertPem)];
  const key = ['-cert-key', await file('s.key', own.serverKeyPem.reveal())];
  const ca = ['-ca-cert-file', await file('ca.pem', own.clientCertPem)];

  const pair = await start(context, inFile(sent), [...cert, ...key]);
  assert.equal(await shownTo(sent, pair.port), own.serverFingerprint256);
  await assert.rejects(shownTo(own, pair.port));

  const authority = await start(context, inFile(sent), ca);
  assert.equal(await shownTo(own, authority.port), sent.serverFingerprint256);
  await assert.rejects(shownTo(sent, authority.port));

  const all = await start(context, base, [...cert, ...key, ...ca]); // nothing in apf.json
  assert.equal(await shownTo(own, all.port), own.serverFingerprint256);
});

test('9.1 rows 8 and 11: the TLS profile in apf.json counts where no option of its own is set', async (context) => {
  const pod = issue();
  const suite = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
  const old = { maxVersion: 'TLSv1.2' } as const;
  const only = (ciphers: string) => ({ ...old, ciphers });

  const strict = await start(context, { ...inFile(pod), tlsMinVersion: 'VersionTLS13' });
  await assert.rejects(shownTo(pod, strict.port, old));
  await shownTo(pod, strict.port);

  const suites = await start(context, { ...inFile(pod), tlsMinVersion: 'VersionTLS12', tlsCipherSuites: [suite] });
  await shownTo(pod, suites.port, only('ECDHE-ECDSA-AES256-GCM-SHA384'));
  await assert.rejects(shownTo(pod, suites.port, only('ECDHE-ECDSA-AES128-GCM-SHA256')));

  const lenient = { ...inFile(pod), tlsMinVersion: 'VersionTLS12', tlsCipherSuites: [suite] };
  const own13 = await start(context, lenient, ['-tls-min-version', 'VersionTLS13']);
  await assert.rejects(shownTo(pod, own13.port, old));
  const ownSuite = ['-tls-cipher-suites', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'];
  const own = await start(context, lenient, ownSuite);
  await shownTo(pod, own.port, only('ECDHE-ECDSA-AES128-GCM-SHA256'));
  await assert.rejects(shownTo(pod, own.port, only('ECDHE-ECDSA-AES256-GCM-SHA384')));
  await assert.rejects(start(context, { ...inFile(pod), tlsMinVersion: 'VersionTLS10' }), { code: 'E_SETTING' });
});

test('it listens on exactly the address it is given', async (context) => {
  const { port, forwarder } = await start(context, base, ['-disable-tls', '-listen', '127.0.0.2:0']);
  assert.equal(forwarder.address.address, '127.0.0.2');
  const dial = async (host: string) => {
    const socket = net.connect({ host, port });
    await once(socket, 'connect');
    socket.destroy();
  };
  await dial('127.0.0.2');
  await assert.rejects(dial('127.0.0.1'), { code: 'ECONNREFUSED' });
  const taken = start(context, base, ['-disable-tls', '-listen', `127.0.0.2:${port}`]);
  await assert.rejects(taken, /E_IO: listen on 127\.0\.0\.2/); // and the network of the first is left alone
});

test('options have the words and defaults that images pass', () => {
  const settings = settingsOf([]);
  assert.deepEqual(settings.listen, { host: '0.0.0.0', port: 15150 });
  assert.equal(settings.config, '/run/peerpod/apf.json');
  assert.equal(settings.agentSocket, '/run/kata-containers/agent.sock');
  assert.equal(settings.podNamespace, '/run/netns/podns');
  assert.deepEqual(settings.volumeSearch, { attemptsMax: 15, everyMs: 2000 });
  const words = ['--listen=[::1]:1', '-kata-agent-socket', '/a', '-pod-namespace=/n', '-host-interface', 'eth1'];
  const { listen, agentSocket, podNamespace, hostInterface } = settingsOf(words);
  assert.deepEqual([listen, agentSocket, podNamespace, hostInterface], [{ host: '::1', port: 1 }, '/a', '/n', 'eth1']);
  assert.deepEqual(settingsOf(['-listen', ':15150']).listen, { host: '0.0.0.0', port: 15150 });
  const env = { CAA_DISK_DETECT_MAX_ATTEMPTS: '3', CAA_DISK_DETECT_RETRY_DELAY: '100ms' };
  assert.deepEqual(settingsOf([], env).volumeSearch, { attemptsMax: 3, everyMs: 100 });
  assert.throws(() => settingsOf([], { CAA_DISK_DETECT_MAX_ATTEMPTS: 'many' }), { code: 'E_SETTING' });
});

const main = join(import.meta.dirname, '../../src/daemons/forwarder/main.ts');
const run = (...words: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', timeout: 30_000 });

test('-version and -help print and end with 0, an unknown option ends with 1', async () => {
  const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const told = run('-version');
  assert.deepEqual([told.status, told.stdout], [0, `agent-protocol-forwarder ${version}\n`]);
  const help = run('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /-kata-agent-socket/);
  const unknown = run('-nonsense');
  assert.deepEqual([unknown.status, unknown.stdout], [1, '']);
  assert.match(unknown.stderr, /E_SETTING: unknown option -nonsense/);
});

test('a pod network with a protocol, scope or state of no known name is a coded error, before anything is set up', async (context) => {
  const path = join(await folder(context), 'apf.json');
  const network = { podip: '10.0.0.2/24', 'pod-hw-addr': '0a:58:0a:f4:01:11', interface: 'eth0' };
  const rest = { 'worker-node-ip': '192.0.2.1/24', 'tunnel-type': 'vxlan', 'vxlan-id': 5, 'vxlan-port': 4789 };
  const faults = [
    { routes: [{ dst: '10.0.0.0/24', gw: '', protocol: 'ospf' }] },
    { routes: [{ dst: '10.0.0.0/24', gw: '', scope: 'galaxy' }] },
    { neighbors: [{ ip: '10.0.0.1', state: 'happy' }] },
    { 'tunnel-type': 'geneve' },
    { podip: 'ten' },
  ];
  for (const fault of faults) {
    await writeFile(path, JSON.stringify({ 'pod-network': { ...network, ...rest, ...fault } }));
    const { status, stderr } = run('-config', path, '-disable-tls', '-listen', '127.0.0.1:0');
    assert.equal(status, 1);
    assert.match(stderr, /agent-protocol-forwarder: E_POD_NETWORK: pod-network: /, JSON.stringify(fault));
  }
});
