/** What provider azure does beyond the contract: verify mode, sizes, volumes, leftovers, names, live user-data. */

import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import type { PodVmSpec } from '@peerpods/provider';
import type { AzureProvider } from '@peerpods/provider-azure';
import { deleteFully, specOf } from '../../providers/contract/conformance.ts';
import { AzureCloud } from './azure-cloud.ts';
import { azureError, group, idOf, imageId, region, subnetId } from './azure-place.ts';
import { openScene, secretArguments } from './azure-scene.ts';
import { lacksVendorModels, VendorModels } from './vendor-models.ts';

const models = new VendorModels();
after(() => models.close());
const { signal } = new AbortController();
const owner = { cluster: 'c-1', node: 'n-1' };

interface Scene {
  readonly cloud: AzureCloud;
  readonly provider: AzureProvider;
}

async function withScene(
  context: TestContext,
  more: readonly string[],
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  if (lacksVendorModels(context)) return;
  const cloud = await AzureCloud.open(models);
  const provider = await openScene(cloud.url, [...secretArguments, ...more]);
  try {
    await body({ cloud, provider });
    assert.deepEqual(cloud.violations, []);
  } finally {
    await provider.close();
    await cloud.close();
  }
}

async function problems(provider: AzureProvider): Promise<string> {
  const failure: unknown = await provider.verify({ signal }).catch((error: unknown) => error);
  assert.ok(failure instanceof Error, 'verify accepted it');
  return failure.message;
}

const sizeOf = ({ cloud }: Scene) =>
  cloud.server.calls
    .filter(({ method }) => method === 'PUT')
    .map(
      ({ body }) =>
        (body as { readonly properties: { readonly hardwareProfile: { readonly vmSize: string } } }).properties
          .hardwareProfile.vmSize,
    );

describe('verify of provider azure', () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a resource group', ['-resourcegroup=nowhere'], /resource group nowhere: .*ResourceGroupNotFound/],
    ['a subscription', ['-subscriptionid=99999999-2222-3333-4444-555555555555'], /SubscriptionNotFound/],
    ['a subnet', [`-subnetid=${subnetId}2`], /-subnetid: there is no subnet .*pods2/],
    [
      'a security group',
      [`-securitygroupid=${idOf('Microsoft.Network/networkSecurityGroups', 'none')}`],
      /-securitygroupid: there is no/,
    ],
    ['an image version', [`-imageid=${imageId.replace('1.0.0', '9.9.9')}`], /-imageid: there is no image/],
    ['an image of no known form', ['-imageid=ami-1234'], /-imageid: ami-1234 is neither/],
    ['a size', ['-instance-size=Standard_Nope'], /there is no VM size Standard_Nope in westeurope/],
    [
      'a size without confidential VMs',
      ['-instance-sizes=Standard_D2s_v5'],
      /Standard_D2s_v5 makes no confidential VMs/,
    ],
    [
      'a size that is not sold',
      ['-disable-cvm', '-instance-size=Standard_M208s_v2'],
      /Standard_M208s_v2 is not offered.*NotAvailable/,
    ],
    ['a zone', ['-zone=1,3'], /Standard_DC2as_v5 is not offered in zone 3/],
  ];
  for (const [what, settings, expected] of wrong) {
    it(`names ${what} that can not work`, (context) =>
      withScene(context, settings, async ({ provider }) => assert.match(await problems(provider), expected)));
  }

  it('tells all that is wrong at once', (context) =>
    withScene(context, [`-subnetid=${subnetId}2`, '-instance-size=Standard_Nope'], async ({ provider, cloud }) => {
      cloud.catalogue.imageSecurity = 'TrustedLaunchSupported';
      const text = await problems(provider);
      for (const one of [/-subnetid/, /Standard_Nope/, /does not say that it is for confidential VMs/])
        assert.match(text, one);
    }));

  it('tells of a quota that no VM fits into', (context) =>
    withScene(context, [], async ({ provider, cloud }) => {
      cloud.catalogue.quotas.set('standardDCASv5Family', 0);
      assert.match(await problems(provider), /the quota of standardDCASv5Family is 0/);
    }));
});

describe('places of provider azure', () => {
  const sizes = ['-instance-sizes=Standard_DC4as_v5,Standard_DC4es_v5,Standard_DC2as_v5'];

  it('are the smallest size that fits, then the next, each in each zone that has it', (context) =>
    withScene(context, [...sizes, '-zone=1,2'], async (scene) => {
      const { cloud, provider } = scene;
      cloud.vms.refuseAll = azureError(409, 'ZonalAllocationFailed', 'full');
      const spec = { ...specOf(owner), sizing: { vcpus: 2.5, memoryMiB: 9000 } };
      await assert.rejects(provider.create(spec, { signal }), { code: 'no-capacity' });
      const zones = cloud.server.calls
        .filter(({ method }) => method === 'PUT')
        .map(({ body }) => (body as { zones: string[] }).zones);
      assert.deepEqual(sizeOf(scene), ['Standard_DC4as_v5', 'Standard_DC4as_v5', 'Standard_DC4es_v5']);
      assert.deepEqual(zones, [['1'], ['2'], ['1']]);
    }));

  it('of a kind whose quota is spent are passed over for a while', (context) =>
    withScene(context, [...sizes, '-zone=1,2'], async (scene) => {
      const { cloud, provider } = scene;
      const text =
        'Operation could not be completed as it results in exceeding approved standardDCASv5Family Cores quota.';
      cloud.vms.refusals.push(azureError(409, 'OperationNotAllowed', text));
      const sizing = { vcpus: 4, memoryMiB: 16_384 };
      for (let round = 0; round < 2; round += 1) {
        const podVm = await provider.create({ ...specOf(owner), sizing }, { signal });
        assert.equal(podVm.instanceType, 'Standard_DC4es_v5');
      }
      assert.deepEqual(sizeOf(scene), ['Standard_DC4as_v5', 'Standard_DC4es_v5', 'Standard_DC4es_v5']);
    }));

  it('go from spot to on-demand when spot is full', (context) =>
    withScene(context, ['-azure-capacity-types=spot,on-demand'], async ({ cloud, provider }) => {
      cloud.vms.failures.push({ code: 'OverconstrainedAllocationRequest', message: 'no spot' });
      const podVm = await provider.create(specOf(owner), { signal });
      assert.equal(podVm.capacityType, 'on-demand');
      assert.equal(cloud.residue.filter((one) => one.startsWith('vm')).length, 1);
    }));

  it('refuse a pod that asks for a size without confidential VMs', (context) =>
    withScene(context, ['-instance-sizes=Standard_D2s_v5,Standard_DC2as_v5'], async ({ cloud, provider }) => {
      await provider.catalogue.instanceTypes({ signal });
      const spec = { ...specOf(owner), sizing: { instanceType: 'Standard_D2s_v5' } };
      await assert.rejects(provider.create(spec, { signal }), {
        code: 'invalid-configuration',
        message: /disable-cvm/,
      });
      assert.deepEqual(cloud.residue, []);
    }));

  it('are listed with the model of their GPU and what they protect', (context) =>
    withScene(context, ['-instance-sizes=Standard_NC24ads_A100_v4,Standard_DC4es_v5'], async ({ provider }) => {
      const types = await provider.catalogue.instanceTypes({ signal });
      assert.deepEqual(
        types.map(({ name, gpus, gpuModel, confidential }) => [name, gpus, gpuModel, confidential]),
        [
          ['Standard_DC2as_v5', 0, undefined, ['sev-snp']],
          ['Standard_NC24ads_A100_v4', 1, 'A100', []],
          ['Standard_DC4es_v5', 0, undefined, ['tdx']],
        ],
      );
    }));
});

describe('deletes of provider azure', () => {
  it('finish what Azure left behind: disk, interfaces with suffix, public address', (context) =>
    withScene(context, ['-use-public-ip'], async ({ cloud, provider }) => {
      cloud.vms.leaveNextBehind = true;
      cloud.vms.nicSuffix = '-7f3a';
      const { id } = await provider.create({ ...specOf(owner), dedicatedInterface: true }, { signal });
      assert.equal(cloud.residue.length, 5);
      await deleteFully(provider, id, signal);
      assert.deepEqual(cloud.residue, []);
    }));

  it('finish it also when another process asked for the end of the VM', (context) =>
    withScene(context, ['-use-public-ip'], async ({ cloud, provider }) => {
      cloud.vms.leaveNextBehind = true;
      cloud.vms.nicSuffix = '-7f3a';
      const { id } = await provider.create(specOf(owner), { signal });
      assert.equal(await provider.delete(id, { signal }), 'deleting');
      await new Promise((resolve) => setTimeout(resolve, cloud.vms.deletionMs * 2));
      assert.equal(cloud.residue.length, 3);
      const restarted = await openScene(cloud.url);
      await deleteFully(restarted, id, signal);
      await restarted.close();
      assert.deepEqual(cloud.residue, []);
    }));

  it('take ids in any letters, and refuse those of another subscription', (context) =>
    withScene(context, [], async ({ cloud, provider }) => {
      const { id } = await provider.create(specOf(owner), { signal });
      await deleteFully(provider, id.toUpperCase(), signal);
      assert.deepEqual(cloud.residue, []);
      const foreign = id.replace(/\/subscriptions\/[^/]+/, '/subscriptions/other');
      await assert.rejects(provider.delete(foreign, { signal }), { code: 'invalid-configuration' });
    }));

  it('reach a VM that was made just now and is not to be seen yet', (context) =>
    withScene(context, [], async ({ cloud, provider }) => {
      cloud.vms.hideNextMs = 1000;
      const caller = new AbortController();
      const spec = specOf(owner);
      const creating = provider.create(spec, { signal: caller.signal });
      while (cloud.vms.made === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 50));
      caller.abort();
      await assert.rejects(creating, { code: 'aborted' });
      const id = idOf('Microsoft.Compute/virtualMachines', spec.name);
      assert.equal(await provider.delete(id, { signal }), 'deleting');
      const deleted = cloud.server.calls.filter(({ method }) => method === 'DELETE').map(({ url }) => url.pathname);
      assert.deepEqual(deleted, [id]);
      await deleteFully(provider, id, signal);
      assert.deepEqual(cloud.residue, []);
    }));
});

describe('pod VMs of provider azure', () => {
  const disk = idOf('Microsoft.Compute/disks', 'data');

  it('never touch a VM of their name that is not theirs', (context) =>
    withScene(context, [], async ({ cloud, provider }) => {
      const spec = specOf(owner);
      await provider.create(spec, { signal });
      const before = JSON.stringify(cloud.residue);
      const other: PodVmSpec = { ...spec, sandboxId: 'f'.repeat(64) };
      const failure: unknown = await provider.create(other, { signal }).catch((error: unknown) => error);
      assert.ok(failure instanceof Error && 'podVmId' in failure);
      assert.match(failure.message, /there is a virtual machine .* already, of sandbox/);
      // Who gets an id deletes it.
      assert.equal(failure.podVmId, undefined);
      assert.equal(JSON.stringify(cloud.residue), before);
    }));

  it('are in the zone of their disk, which stays when they go', (context) =>
    withScene(context, ['-zone=1,2'], async ({ cloud, provider }) => {
      cloud.catalogue.disks.set('data', { diskState: 'Unattached', location: region, zones: ['2'] });
      const podVm = await provider.create({ ...specOf(owner), volumes: [disk] }, { signal });
      assert.equal(podVm.zone, '2');
      const [put] = cloud.server.calls.filter(({ method }) => method === 'PUT');
      assert.match(JSON.stringify(put?.body), /"deleteOption":"Detach"/);
      await deleteFully(provider, podVm.id, signal);
      assert.equal(
        cloud.server.calls.some(({ method, url }) => method === 'DELETE' && url.pathname.endsWith('/data')),
        false,
      );
    }));

  it('are not made when a disk is missing, elsewhere, in use or one too many', (context) =>
    withScene(context, [], async ({ cloud, provider }) => {
      const create = (volumes: readonly string[]) => provider.create({ ...specOf(owner), volumes }, { signal });
      await assert.rejects(create([disk]), { code: 'invalid-configuration', message: /no disk/ });
      await assert.rejects(create(['data']), { code: 'invalid-configuration' });
      cloud.catalogue.disks.set('data', { diskState: 'Unattached', location: 'northeurope' });
      await assert.rejects(create([disk]), { code: 'invalid-configuration', message: /northeurope/ });
      cloud.catalogue.disks.set('data', { diskState: 'Attached', location: region });
      await assert.rejects(create([disk]), { code: 'transient', message: /attached/ });
      cloud.catalogue.disks.set('data', { diskState: 'Unattached', location: region });
      await provider.catalogue.instanceTypes({ signal });
      await assert.rejects(create([disk, disk, disk, disk, disk]), {
        code: 'invalid-configuration',
        message: /5 disks/,
      });
      assert.deepEqual(cloud.residue, []);
    }));

  it('see their user-data change', (context) =>
    withScene(context, [], async ({ cloud, provider }) => {
      const { id } = await provider.create(specOf(owner), { signal });
      await provider.liveUserData.replace(id, '#cloud-config\nnew: 1\n', { signal });
      const patch = cloud.server.calls.find(({ method }) => method === 'PATCH');
      assert.deepEqual(patch?.body, {
        properties: { userData: Buffer.from('#cloud-config\nnew: 1\n').toString('base64') },
      });
      const none = id.replace(/[^/]+$/, 'none');
      await assert.rejects(provider.liveUserData.replace(none, 'x', { signal }), { code: 'not-found' });
    }));

  it('of a whole group are listed page by page', (context) =>
    withScene(context, [], async ({ cloud, provider }) => {
      cloud.vms.pageSize = 2;
      const specs = [1, 2, 3, 4, 5].map(() => specOf(owner));
      const made = await Promise.all(specs.map((spec) => provider.create(spec, { signal })));
      const listed = await provider.list(owner, { signal });
      assert.deepEqual(listed.map(({ id }) => id).toSorted(), made.map(({ id }) => id).toSorted());
      assert.ok(cloud.server.calls.some(({ url }) => url.searchParams.get('$skiptoken') === '4'));
      assert.ok(listed.every(({ id }) => id.includes(`/resourceGroups/${group}/`)));
    }));

  it('whose failure only the VM itself tells of are understood after a restart, too', (context) =>
    withScene(context, [], async ({ cloud, provider }) => {
      cloud.vms.creationMs = 400;
      cloud.vms.failures.push({ code: 'AllocationFailed', message: 'no room' });
      const caller = new AbortController();
      const spec = specOf(owner);
      const creating = provider.create(spec, { signal: caller.signal });
      while (cloud.vms.made === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      caller.abort();
      await assert.rejects(creating, { code: 'aborted' });
      const restarted = await openScene(cloud.url);
      // The failed VM is in the way of the new one: it goes first.
      const podVm = await restarted.create(spec, { signal });
      assert.equal(podVm.state, 'running');
      assert.equal(cloud.vms.made, 2);
      assert.equal(
        cloud.server.calls.some(({ url }) => url.searchParams.get('$expand') === 'instanceView'),
        true,
      );
      await restarted.close();
    }));
});
