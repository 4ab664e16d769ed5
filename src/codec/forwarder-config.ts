/** apf.json: what the forwarder in the pod VM is told at boot. */

import { PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
import { foldKeys, parseFirstObject } from './go-json.ts';

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

/**
 * As tolerant as Go's reader: keys in any case, the last of a key given twice, null for absent, what follows the first
 * object and unknown keys ignored, since a newer worker may know more than this VM. Errors never quote the text.
 */
export function parseForwarderConfig(text: string): ForwarderConfig {
  const fields = readFields(text);
  const serverKey = textField(fields, 'tls-server-key');
  const serverCert = textField(fields, 'tls-server-cert');
  const clientCa = textField(fields, 'tls-client-ca');
  const minVersion = textField(fields, 'tls-min-version');
  const suites = suitesField(fields);
  return {
    podNetwork: fields.get('pod-network') ?? null,
    podNamespace: textField(fields, 'pod-namespace'),
    podName: textField(fields, 'pod-name'),
    ...(serverKey && { tlsServerKey: new Secret(serverKey) }),
    ...(serverCert && { tlsServerCert: serverCert }),
    ...(clientCa && { tlsClientCa: clientCa }),
    ...(minVersion && { tlsMinVersion: minVersion }),
    ...(suites.length > 0 && { tlsCipherSuites: suites }),
  };
}

type Fields = ReadonlyMap<string, unknown>;

function readFields(text: string): Fields {
  let json: unknown;
  try {
    json = parseFirstObject(text);
  } catch {
    throw new PeerPodError('E_DECODE', 'the forwarder configuration is not JSON');
  }
  const fields = foldKeys(json);
  if (!fields) throw new PeerPodError('E_DECODE', 'the forwarder configuration is not a JSON object');
  return fields;
}

function textField(fields: Fields, key: string): string {
  const value = fields.get(key) ?? '';
  if (typeof value !== 'string') throw new PeerPodError('E_DECODE', `${key} is not a text`);
  return value;
}

function suitesField(fields: Fields): readonly string[] {
  const value = fields.get('tls-cipher-suites') ?? [];
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) {
    throw new PeerPodError('E_DECODE', 'tls-cipher-suites is not a list of texts');
  }
  return value;
}
