/** The providers by name; each is loaded only when it is asked for. */

import type { ProviderModule } from '@peerpods/provider';
import { errorText, PeerPodError, systemErrorCode } from '#base/errors.ts';

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
