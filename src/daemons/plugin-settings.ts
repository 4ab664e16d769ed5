/** Which plugin stands in for a built-in provider: from the command line, or from the variables that deployments know. */

import { PeerPodError } from '#base/errors.ts';
import type { Environment } from './options.ts';

export interface PluginSettings {
  /** A file, or the name of an npm package. */
  readonly path: string;
  /** SHA-256 in lower-case hex. */
  readonly hash: string | undefined;
  /** For a program: what stands behind `--`. */
  readonly arguments: readonly string[];
}

export interface PluginChoice {
  readonly plugin: PluginSettings | undefined;
  /** The command line without what is the plugin's. */
  readonly argv: readonly string[];
}

export const pluginUsage = `  -plugin TEXT
        an ES module, an npm package or a program that is the provider (environment CLOUD_PROVIDER_EXTERNAL_PLUGIN_PATH,
        with ENABLE_CLOUD_PROVIDER_EXTERNAL_PLUGIN=true); arguments of a program follow after --
  -plugin-hash TEXT
        SHA-256 that the plugin's file must have (environment CLOUD_PROVIDER_EXTERNAL_PLUGIN_HASH)
`;

/**
 * Before all other options, since the plugin says which there are. The variables count only when the first is exactly
 * `true`. Throws E_SETTING for what cannot be meant.
 */
export function pluginChoice(argv: readonly string[], env: Environment): PluginChoice {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const given = new Map<string, string>();
  const kept: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [, name, inline] = /^--?(plugin|plugin-hash)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      kept.push(word);
      continue;
    }
    if (inline === undefined) at += 1;
    const value = inline ?? words[at];
    if (value === undefined || value === '') throw new PeerPodError('E_SETTING', `-${name} needs a value`);
    given.set(name, value);
  }
  const enabled = env.ENABLE_CLOUD_PROVIDER_EXTERNAL_PLUGIN === 'true';
  const path = given.get('plugin') ?? (enabled ? env.CLOUD_PROVIDER_EXTERNAL_PLUGIN_PATH || undefined : undefined);
  if (path === undefined) {
    if (given.has('plugin-hash')) throw new PeerPodError('E_SETTING', '-plugin-hash without -plugin');
    if (enabled) {
      throw new PeerPodError('E_SETTING', 'plugins are enabled, and CLOUD_PROVIDER_EXTERNAL_PLUGIN_PATH is not set');
    }
    return { plugin: undefined, argv };
  }
  // A hash of the environment belongs to the path of the environment.
  const hash = given.get('plugin-hash') ?? (given.has('plugin') ? undefined : env.CLOUD_PROVIDER_EXTERNAL_PLUGIN_HASH);
  return {
    plugin: { path, hash: parseHash(hash), arguments: end < 0 ? [] : argv.slice(end + 1) },
    argv: kept,
  };
}

function parseHash(given: string | undefined): string | undefined {
  if (given === undefined || given === '') return undefined;
  const hash = given.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw new PeerPodError('E_SETTING', "the plugin's hash is not a SHA-256 in 64 hexadecimal digits");
}
