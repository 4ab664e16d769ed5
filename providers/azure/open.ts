/** Puts the provider together: settings, identity, SDKs, and the parts on them. */

import type { OptionValues, ProviderHost } from '@peerpods/provider';
import { Arm } from './arm.ts';
import { openArmApi } from './arm-api.ts';
import { AzureProvider } from './azure-provider.ts';
import { Creation } from './creation.ts';
import { openCredential } from './credential.ts';
import { Deletion } from './deletion.ts';
import { KnownVms } from './known-vms.ts';
import { azureSettings } from './options.ts';
import { Resources } from './resources.ts';
import { Sizes } from './sizes.ts';
import { sshPublicKey } from './ssh-key.ts';
import { type AzureTimings, defaultTimings } from './timings.ts';
import { Verification } from './verification.ts';

export type { AzureTimings } from './timings.ts';

/** Makes no call yet. Throws `invalid-configuration` for settings that can never work. */
export async function openAzure(
  values: OptionValues,
  { log, clock, random }: Pick<ProviderHost, 'log' | 'clock' | 'random'>,
  timings: AzureTimings = defaultTimings,
): Promise<AzureProvider> {
  const settings = azureSettings(values);
  const key = await sshPublicKey(settings.sshKeyPath);
  const { resourceManager, subscription, rateShare, region } = settings;
  const openApi = async () =>
    await openArmApi({ credential: await openCredential(settings.credential), resourceManager, subscription });
  const arm = new Arm(await openApi(), {
    clock,
    random,
    rateShare,
    reopen: openApi,
    onCall: (report) => log.debug({ ...report }, 'Azure call'),
  });
  const resources = new Resources({ arm, clock, random });
  const known = new KnownVms(clock, timings.lagMs);
  const sizes = new Sizes({
    clock,
    region,
    names: [...new Set([settings.defaultSize, ...settings.sizes])],
    page: (next, signal) => arm.call('list sizes', 'read', (api, ending) => api.skuPage(region, next, ending), signal),
  });
  const deletion = new Deletion({ subscription, resources, known, log });
  const creation = new Creation({
    settings,
    sshPublicKey: key,
    arm,
    resources,
    known,
    sizes,
    deletion,
    timings,
    clock,
    random,
    log,
  });
  const verification = new Verification({ arm, settings, sizes });
  return new AzureProvider({ settings, arm, resources, sizes, creation, deletion, verification });
}
