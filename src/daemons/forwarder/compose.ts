/** Builds the forwarder: material first, then the network, then the listener; each failure stops the start. */

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { type ForwarderConfig, parseForwarderConfig } from '#codec/forwarder-config.ts';
import { editAgentRequest, editedMethods } from '#domain/forward/agent-edits.ts';
import { dialAgent } from '#domain/forward/dial-agent.ts';
import { Sessions } from '#domain/forward/sessions.ts';
import { createTlsListener, parseTlsProfile } from '#io/tls.ts';
import type { ForwarderSettings } from './settings.ts';

export interface ForwarderParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Sets up the VM's end of the pod network; what it returns takes that down again. */
  readonly setUpNetwork: (podNetwork: unknown, signal: AbortSignal) => Promise<() => Promise<void>>;
}

export interface RunningForwarder {
  readonly address: net.AddressInfo;
  drain(): Promise<void>;
}

export async function startForwarder(
  settings: ForwarderSettings,
  parts: ForwarderParts,
  signal: AbortSignal,
): Promise<RunningForwarder> {
  const config = parseForwarderConfig(await readText(settings.config));
  const sessions = new Sessions({
    dial: (limit) => dialAgent(settings.agentSocket, parts.clock, limit),
    edited: editedMethods,
    edit: (request, ended) => editAgentRequest(request, { ...parts, podNamespace: settings.podNamespace }, ended),
    clock: parts.clock,
    log: parts.log,
  });
  const server = await openServer(settings, config, parts.log, (stream) => sessions.accept(stream));
  if (config.podNetwork === null) throw new PeerPodError('E_POD_NETWORK', `${settings.config} has no pod-network`);
  const tearDown = await parts.setUpNetwork(config.podNetwork, signal);
  const drain = async () => {
    server.close();
    sessions.destroy();
    await tearDown();
  };
  try {
    await once(server.listen(settings.listen.port, settings.listen.host), 'listening');
  } catch (error) {
    await drain();
    throw asPeerPodError(error, 'E_IO', `listen on ${settings.listen.host}:${settings.listen.port}`);
  }
  return { address: server.address() as net.AddressInfo, drain };
}

async function openServer(
  settings: ForwarderSettings,
  config: ForwarderConfig,
  log: Log,
  onConnection: (stream: Duplex) => void,
): Promise<net.Server> {
  if (settings.disableTls) {
    log.warn({}, 'TLS is disabled: whoever reaches the port commands this pod');
    return net.createServer((socket) => onConnection(socket.setNoDelay(true)));
  }
  const certPem = (await readOption(settings.certFile)) ?? config.tlsServerCert;
  const keyText = await readOption(settings.certKey);
  const key = keyText === undefined ? config.tlsServerKey : new Secret(keyText);
  const clientCaPem = (await readOption(settings.caCertFile)) ?? config.tlsClientCa;
  if (certPem === undefined || key === undefined) {
    throw new PeerPodError(
      'E_TLS_MATERIAL',
      'no server certificate and key: neither in files nor in the configuration',
    );
  }
  if (clientCaPem === undefined) {
    throw new PeerPodError('E_TLS_MATERIAL', 'no client CA: without one, anybody could command this pod');
  }
  return createTlsListener({
    certPem,
    key,
    clientCaPem,
    profile: parseTlsProfile(config.tlsMinVersion, config.tlsCipherSuites),
    onConnection,
    onRefused: (error, remote) => log.warn({ remote, error: error.message }, 'connection refused'),
  });
}

function readOption(path: string): Promise<string | undefined> {
  return path === '' ? Promise.resolve(undefined) : readText(path);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw asPeerPodError(error, 'E_SETTING', `read ${path}`);
  }
}
