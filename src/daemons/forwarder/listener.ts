/** The forwarder's door: whose certificate it shows, whom it lets in, and where each of these comes from. */

import { readFile } from 'node:fs/promises';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import type { ForwarderConfig } from '#codec/forwarder-config.ts';
import { createTlsListener, parseTlsProfile, type TlsProfile } from '#io/tls.ts';
import type { ForwarderSettings } from './settings.ts';

/** Connections that have proven nothing yet count too: a stranger can hold one for the time of a handshake. */
const connectionsMax = 512;

/** Not listening yet. `onConnection` gets proven callers only, but for -disable-tls. */
export async function openListener(
  settings: ForwarderSettings,
  config: ForwarderConfig,
  log: Log,
  onConnection: (stream: Duplex) => void,
): Promise<net.Server> {
  const server = settings.disableTls
    ? net.createServer((socket) => onConnection(socket.setNoDelay(true)))
    : createTlsListener({
        ...(await tlsMaterial(settings, config)),
        profile: tlsProfile(settings, config),
        onConnection,
        onRefused: (error, remote) => log.warn({ remote, error: error.message }, 'connection refused'),
      });
  if (settings.disableTls) log.warn({}, 'TLS is disabled: whoever reaches the port commands this pod');
  server.maxConnections = connectionsMax;
  return server;
}

/** Files that the image's owner named win over what the worker sent. */
async function tlsMaterial(settings: ForwarderSettings, config: ForwarderConfig) {
  const hasFiles = settings.certFile !== '';
  const certPem = hasFiles ? await readText(settings.certFile) : config.tlsServerCert;
  const key = hasFiles ? new Secret(await readText(settings.certKey)) : config.tlsServerKey;
  const clientCaPem = settings.caCertFile === '' ? config.tlsClientCa : await readText(settings.caCertFile);
  if (certPem === undefined || key === undefined) {
    const text = 'no server certificate and key: neither in files nor in the configuration';
    throw new PeerPodError('E_TLS_MATERIAL', text);
  }
  if (clientCaPem === undefined) {
    throw new PeerPodError('E_TLS_MATERIAL', 'no client CA: without one, anybody could command this pod');
  }
  return { certPem, key, clientCaPem };
}

/** An own minimum of TLS 1.3 leaves no suites to choose, so those of the worker mean nothing then. */
function tlsProfile(settings: ForwarderSettings, config: ForwarderConfig): TlsProfile {
  const { tlsMinVersion, tlsCipherSuites } = settings;
  const given = tlsMinVersion === 'VersionTLS13' ? [] : config.tlsCipherSuites;
  return parseTlsProfile(tlsMinVersion || config.tlsMinVersion, tlsCipherSuites.length > 0 ? tlsCipherSuites : given);
}

/** E_SETTING names the file that cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw asPeerPodError(error, 'E_SETTING', `read ${path}`);
  }
}
