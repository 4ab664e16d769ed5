/**
 * What provider ibmcloud sends is what IBM's Python SDK sends for the same instance, field by field; and that SDK, too,
 * can make, read and delete instances in the IBM Cloud in memory.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { PodVmSpec } from '@peerpods/provider';
import { deleteFully } from '../../providers/contract/conformance.ts';
import { type CapturedCall, testTls } from './capture-server.ts';
import { IbmCloud } from './ibmcloud-cloud.ts';
import {
  hostIds,
  images,
  keyId,
  resourceGroupId,
  secondSecurityGroupId,
  securityGroupId,
  subnetIds,
  vpcId,
  zones,
} from './ibmcloud-place.ts';
import { keyArguments, networkArguments, openScene } from './ibmcloud-scene.ts';
import { lacksVendorModels, VendorModels, vendorPython } from './vendor-models.ts';

const models = new VendorModels();
after(() => models.close());
const { signal } = new AbortController();

async function reference(cloud: IbmCloud, order: object): Promise<Readonly<Record<string, unknown>>> {
  const { caFile } = await testTls();
  const running = promisify(execFile)(vendorPython, [join(import.meta.dirname, 'ibmcloud-reference.py')], {
    env: { ...process.env, REQUESTS_CA_BUNDLE: caFile },
    timeout: 60_000,
  });
  running.child.stdin?.end(JSON.stringify({ url: cloud.url, vpc: vpcId, ...order }));
  return JSON.parse((await running).stdout) as Readonly<Record<string, unknown>>;
}

const spec: PodVmSpec = {
  sandboxId: 'a1'.repeat(32),
  name: 'podvm-web-a1a1a1a1',
  podName: 'web',
  podNamespace: 'default',
  owner: { cluster: 'Cluster/1', node: 'worker-1.example' },
  userData: '#cloud-config\n# grüße\n',
  sizing: {},
};

const tags = [
  'peerpods-cluster:_43luster_2f1',
  'peerpods-node:worker-1.example',
  `peerpods-sandbox:${spec.sandboxId}`,
  'peerpods-namespace:default',
  'peerpods-pod:web',
];

interface Variant {
  readonly title: string;
  readonly arguments: readonly string[];
  readonly spec?: Partial<PodVmSpec>;
  readonly order?: object;
}

const variants: readonly Variant[] = [
  { title: 'an ordinary instance', arguments: [] },
  {
    title: 'TDX, spot, a larger disk, no key',
    arguments: [
      '-disable-cvm=false',
      '-profile-name=bx3dc-2x10',
      '-ibmcloud-capacity-types=spot',
      '-root-volume-size=120',
      '-key-id=',
    ],
    order: { tdx: true, profile: 'bx3dc-2x10', spot: true, capacity: 120, keys: [] },
  },
  {
    title: 'a dedicated host, a second interface, a volume',
    arguments: [
      `-dedicated-host-ids=${hostIds.join(',')}`,
      `-secondary-subnet-id=${subnetIds[0]}`,
      `-secondary-security-group-id=${secondSecurityGroupId}`,
    ],
    spec: { volumes: ['r010-data'] },
    order: {
      target: hostIds[0],
      second: { subnet: subnetIds[0], securityGroups: [secondSecurityGroupId] },
      volumes: ['r010-data'],
    },
  },
];

function comparable({ url, headers, body }: CapturedCall) {
  return { path: url.pathname, query: Object.fromEntries(url.searchParams), type: headers['content-type'], body };
}

const posts = (cloud: IbmCloud, path: string) =>
  cloud.server.calls.filter(({ method, url }) => method === 'POST' && url.pathname === path);

async function withCloud(context: TestContext, body: (cloud: IbmCloud) => Promise<void>): Promise<void> {
  if (lacksVendorModels(context)) return;
  const cloud = await IbmCloud.open(models);
  try {
    await body(cloud);
    assert.deepEqual(cloud.violations, []);
  } finally {
    await cloud.close();
  }
}

describe("provider ibmcloud and IBM's SDK", () => {
  for (const variant of variants) {
    it(`send the same request: ${variant.title}`, (context) =>
      withCloud(context, async (cloud) => {
        cloud.instances.addVolume('r010-data', zones[0]);
        const provider = await openScene(cloud.url, [...keyArguments, ...networkArguments, ...variant.arguments]);
        const wanted = { ...spec, ...variant.spec };
        const { id } = await provider.create(wanted, { signal });
        await deleteFully(provider, id, signal);
        await provider.close();
        await reference(cloud, {
          do: 'create',
          name: wanted.name,
          profile: 'bx2-2x8',
          zone: zones[0],
          image: images.amd64,
          resourceGroup: resourceGroupId,
          userData: wanted.userData,
          keys: [keyId],
          subnet: subnetIds[0],
          securityGroups: [securityGroupId],
          second: null,
          tdx: false,
          spot: false,
          target: '',
          capacity: 0,
          volumes: [],
          tags,
          ...variant.order,
        });
        const [ours, theirs] = posts(cloud, '/v1/instances');
        assert.ok(ours && theirs);
        assert.deepEqual(comparable(ours), comparable(theirs));
      }));
  }

  it('attach tags by the same request', (context) =>
    withCloud(context, async (cloud) => {
      const provider = await openScene(cloud.url, [...keyArguments, ...networkArguments, '-tags=team:a,pod vm']);
      await provider.create(spec, { signal });
      await provider.close();
      const [crn = ''] = [...cloud.tags.keys()];
      const names = [
        'coco-pod-vm:_43luster_2f1',
        'peerpods-cluster:_43luster_2f1',
        'peerpods-node:worker-1.example',
        'team:a',
        'pod vm',
      ];
      await reference(cloud, { do: 'tag', crns: [crn], tags: names });
      const [ours, theirs] = posts(cloud, '/v3/tags/attach');
      assert.ok(ours && theirs);
      assert.deepEqual(comparable(ours), comparable(theirs));
    }));

  it('understand the same answers', (context) =>
    withCloud(context, async (cloud) => {
      const provider = await openScene(cloud.url);
      const podVm = await provider.create(spec, { signal });
      const seen = await reference(cloud, {
        do: 'read',
        tag: 'peerpods-node:worker-1.example',
        profile: 'bx2-4x16',
        subnet: subnetIds[1],
        image: images.s390x,
      });
      assert.deepEqual(seen, {
        instances: [[podVm.id, spec.name, 'running']],
        addresses: podVm.addresses,
        attachments: [podVm.id],
        profile: 4,
        subnet: zones[1],
        image: 's390x',
      });
      assert.deepEqual(await reference(cloud, { do: 'delete', id: podVm.id }), { status: 204 });
      await deleteFully(provider, podVm.id, signal);
      assert.deepEqual(cloud.residue, []);
      await provider.close();
    }));
});
