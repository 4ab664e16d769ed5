/** Puts the provider together: settings, identity, SDK, and the parts on them. */

import type { OptionValues, ProviderHost } from '@peerpods/provider';
import { Creation } from './creation.ts';
import { Deletion } from './deletion.ts';
import { IbmCloudProvider } from './ibmcloud-provider.ts';
import { Instances } from './instances.ts';
import { ibmSettings } from './options.ts';
import { Places, vpcUrlOf } from './place.ts';
import { Profiles } from './profiles.ts';
import { Tagger } from './tagger.ts';
import { defaultTimings, type IbmTimings } from './timings.ts';
import { Verification } from './verification.ts';
import { Vpc } from './vpc.ts';
import { openVpcApi } from './vpc-api.ts';

export type { IbmTimings } from './timings.ts';

/** Makes no call to the cloud yet. Throws `invalid-configuration` for settings that can never work. */
export async function openIbmCloud(
  values: OptionValues,
  { log, clock, random, kubernetes }: Pick<ProviderHost, 'log' | 'clock' | 'random' | 'kubernetes'>,
  timings: IbmTimings = defaultTimings,
): Promise<IbmCloudProvider> {
  const settings = ibmSettings(values);
  const vpcUrl = await vpcUrlOf(settings, kubernetes, new AbortController().signal);
  const vpc = new Vpc(await openVpcApi({ ...settings, vpcUrl }), {
    clock,
    random,
    rateShare: settings.rateShare,
    onCall: (report) => log.debug({ ...report }, 'IBM Cloud call'),
  });
  const places = new Places({ vpc, settings, kubernetes, log });
  const names = [...new Set([settings.defaultProfile, ...settings.profiles])];
  const profiles = new Profiles({ vpc, names, clock, log });
  const instances = new Instances({ vpc, vpcId: () => places.known?.vpcId, clock, random, timings });
  const deletion = new Deletion({ vpc, instances });
  const tagger = new Tagger({ vpc, tags: settings.tags, clock, random, log });
  const creation = new Creation({
    settings,
    vpc,
    places,
    profiles,
    instances,
    deletion,
    tagger,
    timings,
    clock,
    random,
    log,
  });
  const verification = new Verification({ vpc, settings, places, profiles });
  return new IbmCloudProvider({ instances, profiles, creation, deletion, verification, tagger });
}
