/** @peerpods/provider-aws: pod VMs as EC2 instances. */

import { ProviderError, type ProviderModule } from '@peerpods/provider';
import { AwsProvider } from './aws-provider.ts';
import { Ec2 } from './ec2.ts';
import { openEc2Api } from './ec2-api.ts';
import { fillFromMetadata } from './metadata.ts';
import { awsSettings, options } from './options.ts';
import { userDataBytesMax } from './run-request.ts';

export const provider: ProviderModule = {
  name: 'aws',
  summary: 'pod VMs as EC2 instances',
  options,
  userDataBytesMax,
  async open(values, { log, clock, random, owner }) {
    const settings = await fillFromMetadata(awsSettings(values), log);
    const { region, rateShare } = settings;
    if (region === undefined) {
      throw new ProviderError('invalid-configuration', '-aws-region (AWS_REGION) is not set, and no metadata tells it');
    }
    const ec2 = new Ec2(await openEc2Api(settings, region), { clock, random, rateShare });
    return new AwsProvider({ ec2, settings, clock, random, log, owner });
  },
};
