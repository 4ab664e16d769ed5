import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '#base/log.ts';
import { encodeForwarderConfig, type ForwarderConfig } from '#codec/forwarder-config.ts';
import { startForwarder } from '#daemons/forwarder/compose.ts';
import { forwarderOptions, readForwarderSettings } from '#daemons/forwarder/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import { issuePodIdentity } from '#io/certificate-authority.ts';
import { systemClock } from '#io/system-clock.ts';
import { connectTls } from '#io/tls.ts';

const serverName = 'podvm-a-12345678';
const base = { podNetwork: { vni: 1 }, podNamespace: 'ns', podName: 'pod' };

async function start(config: ForwarderConfig, words: readonly string[] = []) {
  const directory = await mkdtemp(join(tmpdir(), 'forwarder-start-'));
  const path = join(directory, 'apf.json');
  await writeFile(path, encodeForwarderConfig(config).reveal());
  const events: string[] = [];
  const argv = ['-config', path, '-listen', '127.0.0.1:0', ...words];
  const parts = {
    clock: systemClock,
    log: silentLog,
    setUpNetwork: async () => {
      events.push('up');
      return async () => void events.push('down');
    },
  };
  try {
    const settings = readForwarderSettings(parseOptions(forwarderOptions, argv, {}).values);
    return { events, forwarder: await startForwarder(settings, parts, new AbortController().signal) };
  } catch (error) {
    assert.deepEqual(events, [], 'nothing was set up before the refusal');
    throw error;
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('it starts from apf.json alone, serves the one client, and takes the network down at the end', async () => {
  const pod = await issuePodIdentity({ serverName, clock: systemClock });
  const { events, forwarder } = await start({
    ...base,
    tlsServerCert: pod.serverCertPem,
    tlsServerKey: pod.serverKeyPem,
    tlsClientCa: pod.clientCertPem,
  });
  assert.equal(forwarder.address.address, '127.0.0.1');
  const socket = await connectTls({
    host: '127.0.0.1',
    port: forwarder.address.port,
    caPem: pod.caCertPem,
    certPem: pod.clientCertPem,
    key: pod.clientKeyPem,
    serverName,
  });
  socket.destroy();
  assert.deepEqual(events, ['up']);
  await forwarder.drain();
  assert.deepEqual(events, ['up', 'down']);
});

test('it refuses to start without a client CA, a certificate, or a pod network', async () => {
  const pod = await issuePodIdentity({ serverName, clock: systemClock });
  const server = { tlsServerCert: pod.serverCertPem, tlsServerKey: pod.serverKeyPem };
  await assert.rejects(start({ ...base, ...server }), { code: 'E_TLS_MATERIAL' });
  await assert.rejects(start({ ...base, tlsClientCa: pod.clientCertPem }), { code: 'E_TLS_MATERIAL' });
  await assert.rejects(start({ ...base, podNetwork: null }, ['-disable-tls']), { code: 'E_POD_NETWORK' });
  await assert.rejects(start(base, ['-disable-tls', '-listen', 'nowhere']), { code: 'E_SETTING' });
  await assert.rejects(start(base, ['-tls-skip-verify']), { code: 'E_SETTING' });
});

test('without TLS only when told so', async () => {
  const { forwarder } = await start(base, ['-disable-tls']);
  await forwarder.drain();
});
