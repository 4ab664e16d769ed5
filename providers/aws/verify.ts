/** Checks by reads and one dry run that the settings can work, and says everything that is wrong at once. */

import { describeOffering, isProviderError, type Owner, type PodVmSpec, ProviderError } from '@peerpods/provider';
import type { Ec2 } from './ec2.ts';
import { hasEc2Code } from './errors.ts';
import type { Offer, SubnetFacts } from './offer.ts';
import type { AwsSettings } from './options.ts';
import { podVmTags, runRequest } from './run-request.ts';

export interface VerifyParts {
  readonly ec2: Ec2;
  readonly offer: Offer;
  readonly settings: AwsSettings;
  /** Policies may allow launches with this owner's tags only. */
  readonly owner: Owner | undefined;
}

/** Throws `auth` when credentials are the matter, else `invalid-configuration` with each finding. */
export async function verify(parts: VerifyParts, signal: AbortSignal): Promise<void> {
  const findings: string[] = [];
  const check = async (what: string, body: () => Promise<string | undefined>): Promise<void> => {
    try {
      const finding = await body();
      if (finding !== undefined) findings.push(finding);
    } catch (error) {
      if (!isProviderError(error)) throw error;
      // Nothing else will work either, or nothing can be said now.
      if (['aborted', 'throttled', 'transient'].includes(error.code)) throw error;
      if (error.code === 'auth' && !hasEc2Code(error, 'UnauthorizedOperation')) {
        throw new ProviderError('auth', `the credentials are refused: ${error.message}`, { cause: error });
      }
      findings.push(`${what}: ${error.message}`);
    }
  };
  const { settings } = parts;
  await check('instance types', () => instanceTypes(parts, signal));
  await check('image', () => image(parts, signal));
  const subnets: SubnetFacts[] = [];
  for (const id of settings.subnetIds) {
    await check(`subnet ${id}`, async () => {
      const facts = await parts.offer.subnet(id, signal);
      subnets.push(facts);
      return facts.freeAddresses === 0 ? `subnet ${id} has no free address` : undefined;
    });
  }
  for (const id of settings.securityGroupIds) {
    await check(`security group ${id}`, () => securityGroup(parts, id, subnets, signal));
  }
  await check('key pair', () => keyPair(parts, signal));
  await check('launch template', () => launchTemplate(parts, signal));
  await check('offers', () => offers(parts, subnets, signal));
  if (findings.length === 0) await check('a trial launch', () => dryRun(parts, signal));
  if (findings.length > 0) throw new ProviderError('invalid-configuration', findings.join('; '));
}

async function instanceTypes({ offer, settings }: VerifyParts, signal: AbortSignal): Promise<string | undefined> {
  const types = await offer.types(signal);
  if (!settings.confidential || settings.launchTemplate !== undefined) return undefined;
  const without = types.filter(({ confidential }) => confidential?.includes('sev-snp') === false);
  if (without.length === 0) return undefined;
  return `no SEV-SNP here with ${without.map(({ name }) => name).join(', ')} (choose others, or -disable-cvm)`;
}

async function image({ offer, settings }: VerifyParts, signal: AbortSignal): Promise<string | undefined> {
  if (settings.launchTemplate !== undefined) return undefined;
  const facts = await offer.image(settings.imageId, signal);
  if (facts.state !== 'available') return `image ${facts.id} is ${facts.state}`;
  if (settings.confidential && facts.bootMode !== 'uefi' && facts.bootMode !== 'uefi-preferred') {
    return `image ${facts.id} boots by ${facts.bootMode ?? 'legacy-bios'}, SEV-SNP needs uefi or uefi-preferred`;
  }
  const types = await offer.types(signal);
  const other = types.filter(({ architecture }) => architecture !== undefined && architecture !== facts.architecture);
  if (facts.architecture === undefined || other.length < types.length) return undefined;
  return `image ${facts.id} is for ${facts.architecture}, none of the instance types is`;
}

async function securityGroup(
  { ec2 }: VerifyParts,
  id: string,
  subnets: readonly SubnetFacts[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const { SecurityGroups } = await ec2.call('DescribeSecurityGroups', { GroupIds: [id] }, { signal });
  const group = SecurityGroups?.[0];
  if (!group) return `security group ${id} does not exist here`;
  const stranger = subnets.find(({ vpc }) => vpc !== group.VpcId);
  return stranger && `security group ${id} is in ${group.VpcId}, subnet ${stranger.id} in ${stranger.vpc}`;
}

async function keyPair({ ec2, settings }: VerifyParts, signal: AbortSignal): Promise<string | undefined> {
  const { keyName, launchTemplate: template } = settings;
  if (keyName === undefined || template !== undefined) return undefined;
  const { KeyPairs } = await ec2.call('DescribeKeyPairs', { KeyNames: [keyName] }, { signal });
  return KeyPairs?.[0] ? undefined : `key pair ${keyName} does not exist here`;
}

async function launchTemplate({ ec2, settings }: VerifyParts, signal: AbortSignal): Promise<string | undefined> {
  const { launchTemplate: LaunchTemplateName } = settings;
  if (LaunchTemplateName === undefined) return undefined;
  const input = { LaunchTemplateName, Versions: ['$Default'] };
  const { LaunchTemplateVersions } = await ec2.call('DescribeLaunchTemplateVersions', input, { signal });
  return LaunchTemplateVersions?.[0] ? undefined : `launch template ${LaunchTemplateName} has no default version`;
}

/** Each type in at least one of the zones. */
async function offers(
  { ec2, offer, settings }: VerifyParts,
  subnets: readonly SubnetFacts[],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (settings.launchTemplate !== undefined || subnets.length === 0) return undefined;
  const names = (await offer.types(signal)).map(({ name }) => name);
  const zones = [...new Set(subnets.map(({ zone }) => zone))];
  const Filters = [
    { Name: 'instance-type', Values: names },
    { Name: 'location', Values: zones },
  ];
  const input = { LocationType: 'availability-zone' as const, Filters };
  const answer = await ec2.call('DescribeInstanceTypeOfferings', input, { signal });
  const offered = new Set((answer.InstanceTypeOfferings ?? []).map(({ InstanceType }) => String(InstanceType)));
  const missing = names.filter((name) => !offered.has(name));
  return missing.length === 0 ? undefined : `not offered in ${zones.join(', ')}: ${missing.join(', ')}`;
}

/** The same request that a pod without wishes makes, checked by EC2 itself for rights and form. */
async function dryRun({ ec2, offer, settings, owner }: VerifyParts, signal: AbortSignal): Promise<string | undefined> {
  const [capacityType = 'on-demand'] = settings.capacityTypes;
  const offering = { instanceType: settings.defaultType, zone: settings.subnetIds[0] ?? '', capacityType };
  const facts = settings.launchTemplate === undefined ? await offer.image(settings.imageId, signal) : undefined;
  const spec = trialSpec(owner ?? { cluster: 'verify', node: 'verify' });
  const request = runRequest({
    settings,
    offering,
    image: facts,
    count: 1,
    userData: spec.userData,
    tags: podVmTags(spec, settings),
    dedicatedInterface: false,
    token: 'peerpods-verify',
  });
  try {
    await ec2.call('RunInstances', { ...request, DryRun: true }, { signal });
    return undefined;
  } catch (error) {
    if (hasEc2Code(error, 'DryRunOperation')) return undefined; // EC2's way to say that it would have worked
    if (isProviderError(error, 'no-capacity')) return undefined;
    if (!isProviderError(error)) throw error;
    return `RunInstances of ${describeOffering(offering)}: ${error.message}`;
  }
}

function trialSpec(owner: Owner): PodVmSpec {
  const pod = { podName: 'verify', podNamespace: 'verify' };
  return { sandboxId: 'verify', name: 'podvm-verify', ...pod, owner, userData: '#cloud-config\n', sizing: {} };
}
