/**
 * What provider azure sends is what Microsoft's Python SDK sends for the same virtual machine, field by field; and that
 * SDK, too, can make, read and delete virtual machines in the Azure in memory.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { ownerTags, type PodVmSpec } from '@peerpods/provider';
import { AzureCloud, apiVersions } from './azure-cloud.ts';
import { group, imageId, region, securityGroupId, subnetId, subscription } from './azure-place.ts';
import { openScene, secretArguments, sshKey } from './azure-scene.ts';
import { type CapturedCall, testTls } from './capture-server.ts';
import { lacksVendorModels, VendorModels, vendorPython } from './vendor-models.ts';

const models = new VendorModels();
after(() => models.close());
const { signal } = new AbortController();

async function reference(cloud: AzureCloud, order: object): Promise<unknown> {
  const { caFile } = await testTls();
  const running = promisify(execFile)(vendorPython, [join(import.meta.dirname, 'azure-reference.py')], {
    env: { ...process.env, REQUESTS_CA_BUNDLE: caFile },
    timeout: 60_000,
  });
  running.child.stdin?.end(JSON.stringify({ url: cloud.url, subscription, group, location: region, ...order }));
  return JSON.parse((await running).stdout);
}

interface Variant {
  readonly title: string;
  readonly arguments: readonly string[];
  readonly spec?: Partial<PodVmSpec>;
  readonly order?: object;
}

const disk = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/disks/data`;
const community = '/CommunityGalleries/cococommunity/Images/podvm/Versions/0.1.0';

const variants: readonly Variant[] = [
  { title: 'a confidential VM', arguments: [] },
  {
    title: 'a plain VM, spot, in a zone, with a public address and tags',
    arguments: [
      '-disable-cvm',
      '-instance-size=Standard_D2s_v5',
      '-zone=2',
      '-use-public-ip',
      '-azure-capacity-types=spot',
      '-tags=team=a,cost-centre=',
    ],
    order: {
      confidential: false,
      size: 'Standard_D2s_v5',
      zone: '2',
      publicAddress: true,
      spot: true,
      extraTags: { team: 'a', 'cost-centre': '' },
    },
  },
  {
    title: 'secure boot, a larger disk, a volume, a second interface, a community image',
    arguments: ['-enable-secure-boot', '-root-volume-size=64', '-ssh-username=core'],
    spec: { dedicatedInterface: true, volumes: [disk], image: community },
    order: { secureBoot: true, diskGiB: 64, user: 'core', secondNic: true, volumes: [disk], image: community },
  },
];

const spec: PodVmSpec = {
  sandboxId: 'a1'.repeat(32),
  name: 'podvm-web-a1a1a1a1',
  podName: 'web',
  podNamespace: 'default',
  owner: { cluster: 'c-1', node: 'worker-1' },
  userData: '#cloud-config\n# grüße\n',
  sizing: {},
};

const puts = (cloud: AzureCloud) => cloud.server.calls.filter(({ method }) => method === 'PUT');

function comparable({ url, headers, body }: CapturedCall) {
  return {
    path: url.pathname.toLowerCase(),
    version: url.searchParams.get('api-version'),
    condition: headers['if-none-match'],
    body,
  };
}

async function withCloud(context: TestContext, body: (cloud: AzureCloud) => Promise<void>): Promise<void> {
  if (lacksVendorModels(context)) return;
  const cloud = await AzureCloud.open(models);
  try {
    await body(cloud);
    assert.deepEqual(cloud.violations, []);
  } finally {
    await cloud.close();
  }
}

describe("provider azure and Microsoft's SDK", () => {
  for (const variant of variants) {
    it(`send the same request: ${variant.title}`, (context) =>
      withCloud(context, async (cloud) => {
        cloud.catalogue.disks.set('data', { diskState: 'Unattached', location: region });
        const provider = await openScene(cloud.url, [...secretArguments, ...variant.arguments]);
        const wanted = { ...spec, ...variant.spec };
        const { id } = await provider.create(wanted, { signal });
        while ((await provider.delete(id, { signal })) !== 'gone');
        await provider.close();
        const { extraTags = {}, ...order } = (variant.order ?? {}) as { readonly extraTags?: object };
        await reference(cloud, {
          do: 'create',
          name: wanted.name,
          size: 'Standard_DC2as_v5',
          zone: '',
          image: imageId,
          user: 'peerpod',
          key: sshKey,
          subnet: subnetId,
          securityGroup: securityGroupId,
          tags: { ...ownerTags(wanted), ...extraTags },
          userData: Buffer.from(wanted.userData).toString('base64'),
          confidential: true,
          secureBoot: false,
          publicAddress: false,
          spot: false,
          diskGiB: 0,
          volumes: [],
          secondNic: false,
          ...order,
        });
        const [ours, theirs] = puts(cloud);
        assert.ok(ours && theirs);
        assert.deepEqual(comparable(ours), comparable(theirs));
      }));
  }

  it('understand the same answers, and agree on the versions of the API', (context) =>
    withCloud(context, async (cloud) => {
      const provider = await openScene(cloud.url);
      const podVm = await provider.create(spec, { signal });
      const seen = (await reference(cloud, { do: 'read' })) as Record<string, readonly unknown[]>;
      assert.deepEqual(seen.vms, [[spec.name, 'Succeeded']]);
      assert.deepEqual(seen.addresses, podVm.addresses);
      assert.deepEqual(seen.disks, [`${spec.name}-disk`]);
      assert.ok(seen.sizes?.includes('Standard_DC2as_v5'));
      const versions = new Set(cloud.server.calls.map(({ url }) => url.searchParams.get('api-version')));
      const { galleries: _onlyOurs, ...shared } = apiVersions;
      for (const version of Object.values(shared))
        assert.ok(versions.has(version) || version === shared.disks, version);
      await reference(cloud, { do: 'delete', name: spec.name });
      assert.equal(await provider.get(podVm.id, { signal }), undefined);
      assert.deepEqual(cloud.residue, []);
      await provider.close();
    }));
});
