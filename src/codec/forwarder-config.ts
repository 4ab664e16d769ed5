/** apf.json: what the forwarder in the pod VM is told at boot. */

import { PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';

export interface ForwarderConfig {
  /** The pod network as JSON, in the words of codec/pod-network.ts; null means none. */
  readonly podNetwork: unknown;
  readonly podNamespace: string;
  readonly podName: string;
  readonly tlsServerKey?: Secret<string>;
  readonly tlsServerCert?: string;
  readonly tlsClientCa?: string;
  readonly tlsMinVersion?: string;
  readonly tlsCipherSuites?: readonly string[];
}

/** Keys in the order, and with the omissions, of the existing writer. */
export function encodeForwarderConfig(config: ForwarderConfig): Secret<string> {
  const suites = config.tlsCipherSuites ?? [];
  const json = {
    'pod-network': config.podNetwork ?? null,
    'pod-namespace': config.podNamespace,
    'pod-name': config.podName,
    'tls-server-key': config.tlsServerKey?.reveal() || undefined,
    'tls-server-cert': config.tlsServerCert || undefined,
    'tls-client-ca': config.tlsClientCa || undefined,
    'tls-min-version': config.tlsMinVersion || undefined,
    'tls-cipher-suites': suites.length > 0 ? suites : undefined,
  };
  return new Secret(JSON.stringify(json, undefined, 4));
}

/** Unknown keys are ignored: a newer worker may know more than this VM. Errors never quote the text. */
export function parseForwarderConfig(text: string): ForwarderConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new PeerPodError('E_DECODE', 'the forwarder configuration is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new PeerPodError('E_DECODE', 'the forwarder configuration is not a JSON object');
  }
  const fields = json as Readonly<Record<string, unknown>>;
  const serverKey = textField(fields, 'tls-server-key');
  const serverCert = textField(fields, 'tls-server-cert');
  const clientCa = textField(fields, 'tls-client-ca');
  const minVersion = textField(fields, 'tls-min-version');
  const suites = suitesField(fields);
  return {
    podNetwork: fields['pod-network'] ?? null,
    podNamespace: textField(fields, 'pod-namespace'),
    podName: textField(fields, 'pod-name'),
    ...(serverKey && { tlsServerKey: new Secret(serverKey) }),
    ...(serverCert && { tlsServerCert: serverCert }),
    ...(clientCa && { tlsClientCa: clientCa }),
    ...(minVersion && { tlsMinVersion: minVersion }),
    ...(suites.length > 0 && { tlsCipherSuites: suites }),
  };
}

function textField(fields: Readonly<Record<string, unknown>>, key: string): string {
  const value = fields[key] ?? '';
  if (typeof value !== 'string') throw new PeerPodError('E_DECODE', `${key} is not a text`);
  return value;
}

function suitesField(fields: Readonly<Record<string, unknown>>): readonly string[] {
  const value = fields['tls-cipher-suites'] ?? [];
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) {
    throw new PeerPodError('E_DECODE', 'tls-cipher-suites is not a list of texts');
  }
  return value;
}
