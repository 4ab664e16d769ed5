/** Who proves what to whom: issued certificates, an operator's own, mixtures of both, and none. */

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Agent } from '#dev/shim/shim.ts';
import { Scene } from '../support/adaptor-scene.ts';
import { FakeCloud, forwarderConfigOf, type ImageFiles } from '../support/fake-cloud.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { TestCa } from '../support/test-ca.ts';

function fileOf(text: string): string {
  const path = join(mkdtempSync('/run/pem-'), 'file.pem');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** A pod's start with these options before images with these files; gives the VM's configuration. */
async function startPod(t: TestContext, argv: readonly string[], image: ImageFiles = {}) {
  const cloud = new FakeCloud();
  cloud.image = image;
  return await startIn(await Scene.start(t, { cloud, argv }));
}

async function startIn(scene: Scene) {
  const pod = await scene.addPod();
  const agentSocket = await scene.shim.createVm(pod);
  await scene.shim.startVm(pod.id);
  await using agent = await Agent.dial(agentSocket);
  await agent.check();
  const config = forwarderConfigOf(scene.cloud.specs.get(pod.id)?.userData ?? '');
  return { scene, pod, config, tls: join(scene.settings.podsDir, pod.id, 'tls') };
}

const refused = { status: 'deadline_exceeded', message: /did not answer in time|E_RELAY_NOT_READY/ };

function issuedTests(): void {
  test('by default each sandbox has a CA and a client of its own, and the VM is told of that client only', async (t) => {
    const first = await startPod(t, []);
    const second = await startIn(first.scene);
    const certificates = [first, second].map(({ config }) => new X509Certificate(config.tlsServerCert ?? ''));
    assert.notEqual(certificates[0]?.fingerprint256, certificates[1]?.fingerprint256);
    assert.notEqual(first.config.tlsClientCa, second.config.tlsClientCa);
    assert.match(first.config.tlsServerKey?.reveal() ?? '', /PRIVATE KEY/);
    assert.deepEqual(readdirSync(first.tls).toSorted(), ['ca.pem', 'client.key', 'client.pem']);
    for (const name of readdirSync(first.tls)) assert.equal(statSync(join(first.tls, name)).mode & 0o777, 0o600);
  });

  test('the TLS profile is told to the VM', async (t) => {
    const suite = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
    const { config } = await startPod(t, ['-tls-cipher-suites', ` ${suite} ,,`]);
    assert.equal(config.tlsMinVersion, 'VersionTLS12');
    assert.deepEqual(config.tlsCipherSuites, [suite]);
  });

  test('a minimum of TLS 1.3 is told to the VM, without suites', async (t) => {
    const strict = await startPod(t, ['-tls-min-version', 'VersionTLS13']);
    assert.equal(strict.config.tlsMinVersion, 'VersionTLS13');
    assert.equal(strict.config.tlsCipherSuites, undefined);
  });

  test('without TLS nothing is issued', async (t) => {
    const { config, tls } = await startPod(t, ['-disable-tls']);
    assert.equal(config.tlsServerKey ?? config.tlsServerCert ?? config.tlsClientCa, undefined);
    assert.throws(() => statSync(tls), { code: 'ENOENT' });
  });
}

async function customFiles() {
  const ca = await TestCa.create('operator');
  const [server, client] = [await ca.issue('podvm-server'), await ca.issue('worker-1')];
  const caOption = ['-ca-cert-file', fileOf(ca.certPem)];
  const clientOptions = ['-cert-file', fileOf(client.certPem), '-cert-key', fileOf(client.keyPem)];
  return { ca, server, client, caOption, clientOptions };
}

function customTests(): void {
  test('with CA and client pair of the operator, no certificate leaves the worker', async (t) => {
    const { ca, server, caOption, clientOptions } = await customFiles();
    const image = { ...server, clientCaPem: ca.certPem };
    const { config } = await startPod(t, [...caOption, ...clientOptions], image);
    assert.equal(config.tlsServerKey ?? config.tlsServerCert ?? config.tlsClientCa, undefined);
    assert.equal(config.tlsMinVersion, 'VersionTLS12');
  });

  test('with a custom CA, a VM of another name or of another CA is refused', async (t) => {
    const { ca, caOption, clientOptions } = await customFiles();
    const stranger = await TestCa.create('operator');
    const argv = [...caOption, ...clientOptions, '-proxy-timeout', '1s'];
    for (const server of [await ca.issue('podvm-other'), await stranger.issue('podvm-server')]) {
      await assert.rejects(startPod(t, argv, { ...server, clientCaPem: ca.certPem }), refused);
    }
  });

  test('with a custom CA alone, the VM is told which client to accept', async (t) => {
    const { server, caOption } = await customFiles();
    const { config } = await startPod(t, caOption, server);
    assert.equal(config.tlsServerKey ?? config.tlsServerCert, undefined);
    assert.match(config.tlsClientCa ?? '', /BEGIN CERTIFICATE/);
  });

  test('with a client pair alone, the very first VM accepts its leaf, and not what its CA signs besides', async (t) => {
    const { ca, client, clientOptions } = await customFiles();
    const chained = fileOf(`${client.certPem}${ca.certPem}`);
    const { config } = await startPod(t, ['-cert-file', chained, ...clientOptions.slice(2)]);
    assert.equal(new X509Certificate(config.tlsClientCa ?? '').subject, 'CN=worker-1');
    assert.equal(config.tlsClientCa?.match(/BEGIN CERTIFICATE/g)?.length, 1);
    assert.match(config.tlsServerKey?.reveal() ?? '', /PRIVATE KEY/);
  });

  test('a client pair that is replaced on disk counts for the next sandbox', async (t) => {
    const { ca, client, clientOptions } = await customFiles();
    const [, certFile = '', , keyFile = ''] = clientOptions;
    const { scene } = await startPod(t, clientOptions);
    const next = await ca.issue('worker-1-renewed');
    writeFileSync(certFile, next.certPem);
    writeFileSync(keyFile, next.keyPem);
    const { config } = await startIn(scene);
    assert.equal(new X509Certificate(config.tlsClientCa ?? '').subject, 'CN=worker-1-renewed');
    writeFileSync(keyFile, client.keyPem);
    const broken = await scene.addPod();
    await scene.shim.createVm(broken);
    await assert.rejects(scene.shim.startVm(broken.id), /-cert-key: .* is not the key of/);
  });
}

if (insideOwnNamespaces(import.meta.filename)) {
  issuedTests();
  customTests();
}
