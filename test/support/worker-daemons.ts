/** agent-relay and cloud-api-adaptor as processes with the local provider, in a test's own namespaces. */

import { mkdirSync } from 'node:fs';
import { Daemon, paths } from '#dev/demo/daemons.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { until } from './adaptor-scene.ts';

async function answers(socketPath: string): Promise<boolean> {
  try {
    (await dialUnix(socketPath)).destroy();
    return true;
  } catch {
    return false;
  }
}

/** A socket file may be a predecessor's: ready is who accepts. */
async function accepting(daemon: Daemon, socketPath: string): Promise<Daemon> {
  await until(() => answers(socketPath), `${daemon.name} on ${socketPath}`, 20_000);
  return daemon;
}

/** With every line of the log. */
const trace = ['-log-level', 'trace'];

export async function runRelay(): Promise<Daemon> {
  for (const folder of [paths.logs, paths.stateDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sockets = ['-socket', paths.hypervisorSocket, '-adaptor-socket', paths.adaptorSocket];
  const argv = [...sockets, '-control-socket', paths.relaySocket, '-pods-dir', paths.podsDir, ...trace];
  return await accepting(new Daemon('agent-relay', 'relay', argv), paths.relaySocket);
}

export async function runAdaptor(
  environment: Record<string, string> = {},
  more: readonly string[] = [],
): Promise<Daemon> {
  const sockets = ['-adaptor-socket', paths.adaptorSocket, '-relay-socket', paths.relaySocket];
  const argv = [
    'local',
    '-probe-port=0',
    ...sockets,
    '-pods-dir',
    paths.podsDir,
    '-state-dir',
    paths.stateDir,
    ...trace,
    ...more,
  ];
  return await accepting(new Daemon('cloud-api-adaptor', 'adaptor', argv, environment), paths.adaptorSocket);
}
