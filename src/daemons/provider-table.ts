/** The providers by name; each is loaded only when it is asked for. */

import type { ProviderModule } from '@peerpods/provider';
import { errorText, PeerPodError, systemErrorCode } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { translateProviderError } from '#domain/podvm/provider-errors.ts';
import { systemClock } from '#io/system-clock.ts';
import type { Environment } from './options.ts';
import { isModulePlugin, loadModulePlugin } from './plugin-module.ts';
import type { PluginSettings } from './plugin-settings.ts';

const table = {
  aws: async () => (await import('@peerpods/provider-aws')).provider,
  azure: async () => (await import('@peerpods/provider-azure')).provider,
  fake: async () => (await import('@peerpods/provider-fake')).provider,
  ibmcloud: async () => (await import('@peerpods/provider-ibmcloud')).provider,
  libvirt: async () => (await import('@peerpods/provider-libvirt')).provider,
  local: async () => (await import('@peerpods/provider-local')).provider,
  qemu: async () => (await import('@peerpods/provider-qemu')).provider,
  vsphere: async () => (await import('@peerpods/provider-vsphere')).provider,
} as const satisfies Record<string, () => Promise<ProviderModule>>;

export const providerNames: readonly string[] = Object.keys(table);

export async function loadProvider(name: string): Promise<ProviderModule> {
  if (!Object.hasOwn(table, name)) {
    throw new PeerPodError('E_SETTING', `unknown provider ${name}; there are ${providerNames.join(', ')}`);
  }
  try {
    return await table[name as keyof typeof table]();
  } catch (error) {
    if (systemErrorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    // Each provider is a package of its own, and an image holds those that it was made with.
    throw new PeerPodError('E_SETTING', `provider ${name} is not installed: ${errorText(error)}`, { cause: error });
  }
}

/** `name` is the word on the command line, which the plugin must have as its own. Throws E_SETTING and others. */
export async function loadPluginProvider(
  name: string,
  plugin: PluginSettings,
  environment: Environment,
  log: Log,
): Promise<ProviderModule> {
  const module = isModulePlugin(plugin.path)
    ? await loadModulePlugin(plugin)
    : await loadProgram(plugin, environment, log);
  if (module.name === name) return module;
  throw new PeerPodError('E_SETTING', `the plugin ${plugin.path} is provider ${module.name}, not ${name}`);
}

async function loadProgram(plugin: PluginSettings, environment: Environment, log: Log): Promise<ProviderModule> {
  const { loadPlugin } = await import('@peerpods/provider-grpc').catch((cause: unknown) => {
    if (systemErrorCode(cause) !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new PeerPodError('E_SETTING', `@peerpods/provider-grpc, which runs plugins, is not installed`, { cause });
  });
  return await loadPlugin({ ...plugin, environment }, { log, clock: systemClock }).catch((error: unknown) => {
    throw translateProviderError(error, `load the plugin ${plugin.path}`);
  });
}
