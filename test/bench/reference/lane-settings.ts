/** What a reference relay is told: lanes from a Unix socket to a TLS port. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '#base/secret.ts';
import { connectTls } from '#io/tls.ts';

export interface LaneSettings {
  readonly directory: string;
  readonly serverName: string;
  readonly host: string;
  readonly lanes: readonly { readonly socketPath: string; readonly port: number }[];
}

export function laneSettings(): LaneSettings {
  return JSON.parse(process.argv[2] ?? '{}') as LaneSettings;
}

/** A function that opens one more proven connection to a port. */
export function vmDialler(settings: LaneSettings) {
  const read = (name: string) => readFileSync(join(settings.directory, name), 'utf8');
  const { host, serverName } = settings;
  const [caPem, certPem, key] = [read('ca.pem'), read('client.pem'), new Secret(read('client.key'))];
  return (port: number) => connectTls({ host, port, caPem, certPem, key, serverName });
}
