/** What provider ibmcloud does beyond the contract: identity, verify mode, place, profiles, hosts, volumes, tags. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesFacts, PodVmSpec } from '@peerpods/provider';
import type { IbmCloudProvider } from '@peerpods/provider-ibmcloud';
import { deleteFully, specOf } from '../../providers/contract/conformance.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { IbmCloud } from './ibmcloud-cloud.ts';
import {
  clusterId,
  clusterSecurityGroupId,
  hostGroupId,
  hostIds,
  ibmError,
  images,
  resourceGroupId,
  securityGroupId,
  subnetIds,
  vpcId,
  zones,
} from './ibmcloud-place.ts';
import { keyArguments, networkArguments, openScene } from './ibmcloud-scene.ts';
import { lacksVendorModels, VendorModels } from './vendor-models.ts';

const models = new VendorModels();
after(() => models.close());
const { signal } = new AbortController();
const owner = { cluster: 'c-1', node: 'n-1' };

interface Scene {
  readonly cloud: IbmCloud;
  readonly provider: IbmCloudProvider;
}

interface Settings {
  readonly more?: readonly string[];
  /** In place of key and network. */
  readonly only?: readonly string[];
  readonly kubernetes?: KubernetesFacts;
}

async function withScene(
  context: TestContext,
  settings: Settings,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  if (lacksVendorModels(context)) return;
  const { more = [], only = [...keyArguments, ...networkArguments], kubernetes } = settings;
  const cloud = await IbmCloud.open(models);
  try {
    const provider = await openScene(cloud.url, [...only, ...more], kubernetes);
    try {
      await body({ cloud, provider });
      assert.deepEqual(cloud.violations, []);
    } finally {
      await provider.close();
    }
  } finally {
    await cloud.close();
  }
}

async function failureOf(
  work: Promise<unknown>,
): Promise<Error & { readonly code?: string; readonly podVmId?: string }> {
  const failure: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof Error, 'it should have failed');
  return failure;
}

interface Body {
  readonly profile: { readonly name: string };
  readonly zone: { readonly name: string };
  readonly image: { readonly id: string };
  readonly placement_target?: { readonly id: string };
  readonly confidential_compute_mode: string;
  readonly resource_group: { readonly id: string };
  readonly primary_network_interface: { readonly security_groups?: readonly { readonly id: string }[] };
}

const requests = ({ cloud }: Scene): readonly Body[] =>
  cloud.server.calls
    .filter(({ method, url }) => method === 'POST' && url.pathname === '/v1/instances')
    .map(({ body }) => body as Body);

describe('identity of provider ibmcloud', () => {
  it('is an API key', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      await provider.list(owner, { signal });
      const [grant] = cloud.grants;
      assert.equal(grant?.grant_type, 'urn:ibm:params:oauth:grant-type:apikey');
      assert.equal(grant?.apikey, 'an-api-key');
    }));

  it('is a trusted profile with the compute resource token when there is no key', (context) => {
    const file = join(temporaryFolder('ibm'), 'vault-token');
    writeFileSync(file, 'a.compute.token', { mode: 0o600 });
    const only = ['-iam-profile-id=Profile-1', `-cr-token-filename=${file}`, ...networkArguments];
    return withScene(context, { only }, async ({ cloud, provider }) => {
      await provider.list(owner, { signal });
      const [grant] = cloud.grants;
      assert.equal(grant?.grant_type, 'urn:ibm:params:oauth:grant-type:cr-token');
      assert.equal(grant?.cr_token, 'a.compute.token');
      assert.equal(grant?.profile_id, 'Profile-1');
    });
  });

  it('without a token file is auth, at once', (context) =>
    withScene(
      context,
      { only: ['-iam-profile-id=p', '-cr-token-filename=/nowhere', ...networkArguments] },
      async (scene) => {
        const failure = await failureOf(scene.provider.verify({ signal }));
        assert.equal(failure.code, 'auth');
        assert.match(failure.message, /\/nowhere/);
      },
    ));

  it('whose token is taken no more gets another one, once', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      await provider.list(owner, { signal });
      cloud.revokeTokens();
      await provider.list(owner, { signal });
      assert.equal(cloud.grants.length, 2);
    }));

  it('that is refused is auth at once, without the key in the words', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      cloud.tokenError = 'Provided API key could not be found.';
      const failure = await failureOf(provider.verify({ signal }));
      assert.equal(failure.code, 'auth');
      assert.ok(!failure.message.includes('an-api-key'));
      assert.equal(cloud.grants.length, 1);
    }));
});

describe('verify of provider ibmcloud', () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a subnet', ['-primary-subnet-id=0717-none'], /-primary-subnet-id: there is no subnet 0717-none/],
    ['a zone', ['-zone-name=eu-de-3'], /none of the subnets .* is in zone eu-de-3/],
    ['a VPC', ['-vpc-id=r010-other'], /-vpc-id: there is no VPC r010-other/],
    ['an image', ['-image-id=r010-none'], /-image-id: there is no image r010-none/],
    ['a profile', ['-profile-list=bx9-1x1'], /there is no instance profile bx9-1x1/],
    ['a profile without confidential VMs', ['-disable-cvm=false'], /profile bx2-2x8 makes no confidential VMs/],
    ['a security group', ['-security-group-ids=r010-none'], /there is no security group r010-none/],
    ['a key', ['-key-id=r010-none'], /-key-id: there is no key r010-none/],
    ['a dedicated host', ['-dedicated-host-ids=0717-none'], /there is no dedicated host 0717-none/],
    ['a second subnet', ['-secondary-subnet-id=0717-none'], /-secondary-subnet-id: there is no subnet/],
  ];
  for (const [what, more, expected] of wrong) {
    it(`names ${what} that can not work`, (context) =>
      withScene(context, { more }, async ({ provider }) => {
        const failure = await failureOf(provider.verify({ signal }));
        assert.match(failure.message, expected);
        assert.equal(failure.code, 'invalid-configuration');
      }));
  }

  it('tells all that is wrong at once', (context) =>
    withScene(
      context,
      { more: ['-key-id=none', '-profile-list=none', '-primary-subnet-id=none'] },
      async ({ provider }) => {
        const { message } = await failureOf(provider.verify({ signal }));
        for (const one of [/-key-id/, /profile none/, /subnet none/]) assert.match(message, one);
      },
    ));
});

describe('the place of provider ibmcloud', () => {
  const facts = (labels: Record<string, string>, config?: Record<string, string>): KubernetesFacts => ({
    nodeLabels: async () => labels,
    configMap: async (namespace, name) => (namespace === 'kube-system' && name === 'cluster-info' ? config : undefined),
  });
  const labels = {
    'topology.kubernetes.io/region': 'eu-de',
    'topology.kubernetes.io/zone': zones[1],
    'ibm-cloud.kubernetes.io/subnet-id': subnetIds[1],
  };

  it('comes from the labels of the node and the config map of the cluster when no setting tells it', (context) => {
    const kubernetes = facts(labels, { 'cluster-config.json': JSON.stringify({ cluster_id: clusterId }) });
    return withScene(context, { only: keyArguments, kubernetes }, async (scene) => {
      const podVm = await scene.provider.create(specOf(owner), { signal });
      assert.equal(podVm.zone, zones[1]);
      const [request] = requests(scene);
      assert.deepEqual(request?.primary_network_interface.security_groups, [{ id: clusterSecurityGroupId }]);
      assert.equal(request?.resource_group.id, resourceGroupId);
    });
  });

  it('has the security group of an IBM cluster beside those of the settings', (context) =>
    withScene(context, { more: [`-cluster-id=${clusterId}`] }, async (scene) => {
      await scene.provider.create(specOf(owner), { signal });
      const groups = requests(scene)[0]?.primary_network_interface.security_groups;
      assert.deepEqual(groups, [{ id: securityGroupId }, { id: clusterSecurityGroupId }]);
    }));

  it('does without the security group of the cluster when the settings have one', (context) =>
    withScene(context, { more: ['-cluster-id=another'] }, async (scene) => {
      await scene.provider.create(specOf(owner), { signal });
      const groups = requests(scene)[0]?.primary_network_interface.security_groups;
      assert.deepEqual(groups, [{ id: securityGroupId }]);
    }));

  it('can not be found out without settings, labels and groups, and that is said', async (context) => {
    await withScene(context, { only: keyArguments }, async ({ provider }) => {
      assert.match((await failureOf(provider.create(specOf(owner), { signal }))).message, /-primary-subnet-id/);
    });
    const kubernetes = facts(labels, { cluster_id: clusterId });
    await withScene(context, { only: keyArguments, kubernetes }, async ({ cloud, provider }) => {
      cloud.clusterGroups = [];
      assert.match((await failureOf(provider.create(specOf(owner), { signal }))).message, /no security group kube-/);
    });
  });
});

describe('places of provider ibmcloud', () => {
  const profiles = ['-profile-list=bx2-4x16,cx2-4x8,bx2-2x8,gx3-16x80x1l4'];

  it('are the smallest profile that fits, then the next, each in each zone', (context) =>
    withScene(context, { more: profiles }, async (scene) => {
      for (let count = 0; count < 9; count += 1) {
        scene.cloud.instances.failures.push({ code: 'cannot_start_capacity', message: 'full' });
      }
      const failure = await failureOf(
        scene.provider.create({ ...specOf(owner), sizing: { vcpus: 3.5, memoryMiB: 8192 } }, { signal }),
      );
      assert.equal(failure.code, 'no-capacity');
      assert.deepEqual(
        requests(scene).map(({ profile, zone }) => `${profile.name} ${zone.name}`),
        [`cx2-4x8 ${zones[0]}`, `cx2-4x8 ${zones[1]}`, `bx2-4x16 ${zones[0]}`, `bx2-4x16 ${zones[1]}`],
      );
      assert.deepEqual(scene.cloud.residue, []);
    }));

  it('have a GPU of the model asked for', (context) =>
    withScene(context, { more: profiles }, async ({ provider }) => {
      const podVm = await provider.create({ ...specOf(owner), sizing: { gpus: 1, gpuModel: 'l4' } }, { signal });
      assert.equal(podVm.instanceType, 'gx3-16x80x1l4');
    }));

  it('go from spot to on-demand when spot is full', (context) =>
    withScene(context, { more: ['-ibmcloud-capacity-types=spot,on-demand', '-zone-name=eu-de-1'] }, async (scene) => {
      scene.cloud.instances.failures.push({ code: 'cannot_start_capacity', message: 'no spot' });
      const podVm = await scene.provider.create(specOf(owner), { signal });
      assert.equal(podVm.capacityType, 'on-demand');
      assert.equal(scene.cloud.instances.made, 2);
    }));

  it('are a dedicated host, then the group of its zone', (context) =>
    withScene(
      context,
      { more: [`-dedicated-host-ids=${hostIds[0]}`, `-dedicated-host-group-ids=${hostGroupId}`] },
      async (scene) => {
        scene.cloud.instances.fullTargets.add(hostIds[0]);
        const podVm = await scene.provider.create(specOf(owner), { signal });
        assert.equal(podVm.zone, zones[0]);
        assert.deepEqual(
          requests(scene).map(({ placement_target }) => placement_target?.id),
          [hostIds[0], hostGroupId],
        );
      },
    ));

  it('take the image of their architecture', (context) =>
    withScene(context, { more: ['-profile-name=bz2e-2x8', '-disable-cvm=false'] }, async (scene) => {
      await scene.provider.create(specOf(owner), { signal });
      const [request] = requests(scene);
      assert.equal(request?.image.id, images.s390x);
      // Secure Execution is a matter of profile and image, not of the mode.
      assert.equal(request?.confidential_compute_mode, 'disabled');
    }));

  it('that the cloud does not have are the settings to blame for', (context) =>
    withScene(context, {}, async ({ provider }) => {
      const spec: PodVmSpec = { ...specOf(owner), image: 'r010-of-the-pod' };
      const failure = await failureOf(provider.create(spec, { signal }));
      assert.equal(failure.code, 'invalid-configuration');
      assert.match(failure.message, /r010-of-the-pod/);
    }));
});

describe('pod VMs of provider ibmcloud', () => {
  it('never touch an instance of their name that is not theirs', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      const spec = specOf(owner);
      await provider.create(spec, { signal });
      const failure = await failureOf(provider.create({ ...spec, sandboxId: 'f'.repeat(64) }, { signal }));
      assert.equal(failure.code, 'invalid-configuration');
      assert.match(failure.message, /already, of sandbox/);
      assert.equal(failure.podVmId, undefined);
      assert.equal(cloud.residue.length, 2);
    }));

  it('are made although the tagging service is down', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      cloud.taggingDown = true;
      const podVm = await provider.create(specOf(owner), { signal });
      assert.deepEqual(
        (await provider.list(owner, { signal })).map(({ id }) => id),
        [podVm.id],
      );
    }));

  it('get their tags, many in one call', (context) =>
    withScene(context, { more: ['-tags=team:a'] }, async ({ cloud, provider }) => {
      await Promise.all([1, 2, 3, 4, 5].map(() => provider.create(specOf(owner), { signal })));
      await provider.close();
      assert.equal(cloud.tags.size, 5);
      for (const tags of cloud.tags.values()) assert.ok(tags.includes('coco-pod-vm:c-1') && tags.includes('team:a'));
      const calls = cloud.server.calls.filter(({ url }) => url.pathname === '/v3/tags/attach');
      assert.ok(calls.length <= 2, `${calls.length} calls`);
    }));

  it('are in the zone of their volume, which stays when they go', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      cloud.instances.addVolume('r010-data', zones[1]);
      const podVm = await provider.create({ ...specOf(owner), volumes: ['r010-data'] }, { signal });
      assert.equal(podVm.zone, zones[1]);
      await deleteFully(provider, podVm.id, signal);
      assert.ok(cloud.instances.volumes.has('r010-data'));
      const absent = await failureOf(provider.create({ ...specOf(owner), volumes: ['r010-none'] }, { signal }));
      assert.match(absent.message, /no volume r010-none/);
    }));

  it('that another process made are found with their owner, and ended', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      const spec = specOf({ cluster: 'Cluster/Ä', node: 'n_1' });
      const { id } = await provider.create(spec, { signal });
      const restarted = await openScene(cloud.url);
      const found = await restarted.get(id, { signal });
      assert.deepEqual([found?.sandboxId, found?.owner], [spec.sandboxId, spec.owner]);
      assert.equal((await restarted.create(spec, { signal })).id, id);
      await deleteFully(restarted, id, signal);
      assert.deepEqual(cloud.residue, []);
      await restarted.close();
    }));

  it('leave no volume: one without its instance is listed, and can be deleted by its own id', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      const marks = ['peerpods-cluster:c-1', 'peerpods-node:n-1', 'peerpods-sandbox:s1'];
      cloud.instances.addVolume('r010-left', zones[0], marks);
      cloud.instances.addVolume('r010-young', zones[0], marks, Date.now());
      cloud.instances.addVolume('r010-foreign', zones[0], ['peerpods-node:n-1']);
      const listed = await provider.list(owner, { signal });
      assert.deepEqual(
        listed.map(({ id, state, sandboxId }) => [id, state, sandboxId]),
        [['r010-left', 'deleting', 's1']],
      );
      await deleteFully(provider, 'r010-left', signal);
      assert.equal(await provider.delete('r010-foreign', { signal }), 'gone');
      assert.deepEqual([...cloud.instances.volumes.keys()], ['r010-young', 'r010-foreign']);
    }));

  it('are asked for by ids that can be one', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      for (const id of ['../subnets/x', 'A', 'x'.repeat(65)]) {
        assert.equal(await provider.delete(id, { signal }), 'gone');
        assert.equal(await provider.get(id, { signal }), undefined);
      }
      assert.equal(cloud.server.calls.length, 0);
      // An instance's id is never asked of the volumes.
      assert.equal(await provider.delete('0717_gone', { signal }), 'gone');
      assert.ok(cloud.server.calls.every(({ url }) => !url.pathname.startsWith('/v1/volumes')));
    }));

  it('whose marks would not fit are refused before any call', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      const failure = await failureOf(provider.create(specOf({ cluster: 'c', node: 'n'.repeat(120) }), { signal }));
      assert.equal(failure.code, 'invalid-configuration');
      assert.equal(cloud.server.calls.length, 0);
    }));

  it('are looked up in their own VPC only, page by page', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      cloud.instances.pageSize = 2;
      const made = await Promise.all([1, 2, 3, 4, 5].map(() => provider.create(specOf(owner), { signal })));
      const listed = await provider.list(owner, { signal });
      assert.deepEqual(listed.map(({ id }) => id).toSorted(), made.map(({ id }) => id).toSorted());
      const filters = cloud.server.calls
        .filter(({ url }) => url.pathname === '/v1/instances' && url.searchParams.has('start'))
        .map(({ url }) => url.searchParams.get('vpc.id'));
      assert.ok(filters.length > 0 && filters.every((one) => one === vpcId));
    }));

  it('found failed by the next process go first', (context) =>
    withScene(context, { more: ['-zone-name=eu-de-1'] }, async ({ cloud, provider }) => {
      cloud.instances.creationMs = 200;
      cloud.instances.failures.push({ code: 'cannot_start_capacity', message: 'no room' });
      const caller = new AbortController();
      const spec = specOf(owner);
      const creating = provider.create(spec, { signal: caller.signal });
      while (cloud.instances.made === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      caller.abort();
      await assert.rejects(creating, { code: 'aborted' });
      const restarted = await openScene(cloud.url);
      assert.equal((await restarted.create(spec, { signal })).state, 'running');
      assert.equal(cloud.instances.made, 2);
      await restarted.close();
    }));

  it('made just now are deleted although they are not to be seen yet', (context) =>
    withScene(context, {}, async ({ cloud, provider }) => {
      cloud.instances.hideNextMs = 1000;
      const caller = new AbortController();
      const creating = provider.create(specOf(owner), { signal: caller.signal });
      while (cloud.instances.made === 0) await delay(5);
      await delay(50);
      caller.abort();
      await assert.rejects(creating, { code: 'aborted' });
      const [id = ''] = cloud.instances.ids;
      assert.equal(await provider.delete(id, { signal }), 'deleting');
      assert.ok(cloud.server.calls.some(({ method, url }) => method === 'DELETE' && url.pathname.endsWith(id)));
      await deleteFully(provider, id, signal);
      assert.deepEqual(cloud.residue, []);
    }));

  it('of a region over its quota are refused as such, after one call', (context) =>
    withScene(context, { more: ['-profile-list=bx2-2x8,bx2-4x16'] }, async (scene) => {
      scene.cloud.instances.refuseAll = ibmError(400, 'over_quota', 'over quota');
      const failure = await failureOf(scene.provider.create(specOf(owner), { signal }));
      assert.equal(failure.code, 'quota');
      assert.equal(requests(scene).length, 1);
    }));
});
