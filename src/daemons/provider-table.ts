/** The providers by name; each is loaded only when it is asked for. */

import type { ProviderModule } from '@peerpods/provider';
import { PeerPodError } from '#base/errors.ts';

const table = {
  fake: async () => (await import('@peerpods/provider-fake')).provider,
  local: async () => (await import('@peerpods/provider-local')).provider,
  vsphere: async () => (await import('@peerpods/provider-vsphere')).provider,
} as const satisfies Record<string, () => Promise<ProviderModule>>;

export const providerNames: readonly string[] = Object.keys(table);

export async function loadProvider(name: string): Promise<ProviderModule> {
  if (!Object.hasOwn(table, name)) {
    throw new PeerPodError('E_SETTING', `unknown provider ${name}; there are ${providerNames.join(', ')}`);
  }
  return await table[name as keyof typeof table]();
}
