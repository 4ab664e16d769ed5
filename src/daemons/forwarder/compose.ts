/** Builds the forwarder: material first, then the network, then the listener; each failure stops the start. */

import { once } from 'node:events';
import net from 'node:net';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { parseForwarderConfig } from '#codec/forwarder-config.ts';
import { type AgentEditOptions, editAgentRequest, editedMethods } from '#domain/forward/agent-edits.ts';
import { CloudVolumes } from '#domain/forward/cloud-volumes.ts';
import { dialUntil } from '#domain/forward/dial-until.ts';
import { secureMountThrough } from '#domain/forward/secure-mount.ts';
import { SessionHost } from '#domain/forward/session-host.ts';
import { Sessions } from '#domain/forward/sessions.ts';
import { runProgram } from '#io/run-program.ts';
import { openListener, readText } from './listener.ts';
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

/** The Confidential Data Hub, for encrypted volumes. */
const cdhSocket = '/run/confidential-containers/cdh.sock';

export async function startForwarder(
  settings: ForwarderSettings,
  parts: ForwarderParts,
  signal: AbortSignal,
): Promise<RunningForwarder> {
  const config = parseForwarderConfig(await readText(settings.config));
  const sessions = openSessions(settings, parts);
  const host = new SessionHost({ clock: parts.clock, log: parts.log, accept: (stream) => sessions.accept(stream) });
  const server = await openListener(settings, config, parts.log, (stream) => host.accept(stream));
  if (config.podNetwork === null) throw new PeerPodError('E_POD_NETWORK', `${settings.config} has no pod-network`);
  await assertFree(settings.listen);
  const tearDown = await parts.setUpNetwork(config.podNetwork, signal);
  const drain = async () => {
    server.close();
    host.destroy();
    sessions.destroy();
    await tearDown();
  };
  try {
    await listen(server, settings.listen);
  } catch (error) {
    await drain();
    throw error;
  }
  return { address: server.address() as net.AddressInfo, drain };
}

/** A second forwarder must not get as far as the network: taking it down again would end that of the first. */
async function assertFree(address: ForwarderSettings['listen']): Promise<void> {
  const probe = net.createServer();
  await listen(probe, address);
  await new Promise((resolve) => probe.close(resolve));
}

async function listen(server: net.Server, { host, port }: ForwarderSettings['listen']): Promise<void> {
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw asPeerPodError(error, 'E_IO', `listen on ${host}:${port}`);
  }
}

function openSessions(settings: ForwarderSettings, { clock, log }: ForwarderParts): Sessions {
  const dialCdh = (limit: AbortSignal) => dialUntil(cdhSocket, clock, limit);
  const volumes = new CloudVolumes({
    root: '/',
    run: runProgram,
    secureMount: secureMountThrough(dialCdh, clock),
    search: settings.volumeSearch,
    clock,
    log,
  });
  const edits: AgentEditOptions = { podNamespace: settings.podNamespace, volumes, clock, log };
  return new Sessions({
    dial: (limit) => dialUntil(settings.agentSocket, clock, limit),
    edited: editedMethods,
    edit: (request, ended) => editAgentRequest(request, edits, ended),
    clock,
    log,
  });
}
