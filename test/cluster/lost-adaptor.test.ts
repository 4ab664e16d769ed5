/** A worker dies with its adaptor while its pods have machines in a cloud: the controller ends each of them, once. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { paths } from '#dev/demo/daemons.ts';
import { PEER_POD, POD } from '#io/kubernetes/kinds.ts';
import type { Pod } from '#io/kubernetes/objects.ts';
import { directClient, imageId, networkOf } from '../providers/aws-scene.ts';
import { lacksMoto, Moto } from '../providers/moto.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { hasHelm, lacksHelm } from './support/helm.ts';
import { InstalledCluster, runtimeClass } from './support/installed-cluster.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { hostIp } from './support/process-kubelet.ts';

let installed: InstalledCluster;
let moto: Moto;
let cloud: CountedCloud;

/** The cloud as pods reach it; keeps which machines it was asked to end. */
class CountedCloud {
  readonly ended: string[] = [];
  readonly #server: Server;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#server = createServer(async (incoming, answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const asked = new URLSearchParams(body.toString());
      if (asked.get('Action') === 'TerminateInstances') {
        for (const [key, value] of asked) if (key.startsWith('InstanceId.')) this.ended.push(value);
      }
      const { method, url: path, headers } = incoming;
      const outgoing = request({ hostname, port, method, path, headers, agent: false }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      outgoing.end(body);
    });
  }

  async open(): Promise<string> {
    this.#server.listen(0, hostIp);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://${hostIp}:${typeof address === 'object' ? address?.port : ''}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function setUp(): Promise<void> {
  await InstalledCluster.prepareNode();
  moto = await Moto.open();
  cloud = new CountedCloud(moto.url);
  const { subnetIds, securityGroupIds } = await networkOf(directClient(moto.url));
  const aws = {
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_EC2: await cloud.open(),
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${hostIp}:9`, // nobody there
    PODVM_AMI_ID: imageId,
    AWS_SUBNET_ID: subnetIds.join(','),
    AWS_SG_IDS: securityGroupIds.join(','),
    STATE_DIR: paths.stateDir,
    PEERPODS_LIMIT_PER_NODE: '5',
  };
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  installed = await InstalledCluster.start({
    provider: 'aws',
    providerConfigs: { aws },
    providerSecrets: { aws: keys },
  });
}

async function machines(): Promise<Map<string, string>> {
  const { Reservations = [] } = await directClient(moto.url).send(new DescribeInstancesCommand({}));
  const all = Reservations.flatMap(({ Instances = [] }) => Instances);
  return new Map(all.map(({ InstanceId = '', State }) => [InstanceId, State?.Name ?? '']));
}

const pod = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { runtimeClassName: runtimeClass, containers: [{ name: 'app', image: 'registry.example/app:1' }] },
});

if (insideOwnNamespaces(import.meta.filename)) {
  before(async () => {
    if (hasKubernetes() && hasHelm()) await setUp();
  });
  after(async () => {
    await installed?.[Symbol.asyncDispose]();
    cloud?.close();
    await moto?.close();
  });

  test('pods whose worker is lost lose their machines in the cloud, each once, and nothing else does', async (t) => {
    if (lacksKubernetes(t) || lacksHelm(t) || lacksMoto(t)) return;
    const { api } = installed;
    await installed.setKata(true);
    await installed.until('everything is available', () => installed.isAvailable(), 90_000);
    const names = ['a', 'b', 'c'];
    for (const name of names) await api.create(pod(name), POD);
    const named = await installed.until('each pod has a machine that its PeerPod names', async () => {
      const { items } = await api.list(PEER_POD, {});
      const ids = items.map(({ spec }) => (spec as { readonly instanceID?: string }).instanceID);
      return ids.length === 3 && ids.every((id) => id !== undefined) && (ids as string[]);
    });
    assert.deepEqual([...(await machines()).keys()].toSorted(), named.toSorted());

    for (const component of ['adaptor', 'relay']) {
      for (const process of installed.kubelet.processes(component)) await process.lose();
    }
    assert.deepEqual(cloud.ended, []);
    // What an administrator does about pods of a node that does not answer.
    for (const name of ['a', 'b']) {
      await api.delete({ kind: POD, namespace: 'default', name }, { gracePeriodSeconds: 0 });
    }
    const lostAt = performance.now();
    await installed.until('two PeerPods are gone', async () => (await api.list(PEER_POD, {})).items.length === 1);
    t.diagnostic(`ended ${Math.round(performance.now() - lostAt)} ms after the pods`);
    const [kept] = (await api.list(PEER_POD, {})).items;
    const { instanceID: keptId = '' } = (kept?.spec ?? {}) as { readonly instanceID?: string };
    const lost = named.filter((id) => id !== keptId);
    assert.deepEqual(cloud.ended.toSorted(), lost.toSorted(), 'each once');
    const states = await machines();
    for (const id of lost) assert.match(states.get(id) ?? 'terminated', /terminated|shutting-down/);
    assert.match(states.get(keptId) ?? '', /running|pending/);
  });
}
