/** Somebody else's webhook: adds a sidecar to pods that are labelled so, after ours has had its turn. */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { MUTATING_WEBHOOK_CONFIGURATION } from '#io/kubernetes/kinds.ts';
import type { Pod, ResourceRequirements } from '#io/kubernetes/objects.ts';
import { TestCa } from '../../support/test-ca.ts';

export const injectionLabel = 'test/inject';

export class Injector implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** The configuration's name is after ours in the alphabet, which is the order of the calls. */
  static async start(api: KubernetesApi, resources: ResourceRequirements): Promise<Injector> {
    const ca = await TestCa.create('injector');
    const { certPem: cert, keyPem: key } = await ca.issue('localhost', { addresses: ['127.0.0.1'] });
    const server = createServer({ cert, key }, (incoming, answer) => void review(incoming, answer, resources));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const clientConfig = { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(ca.certPem).toString('base64') };
    const webhook = {
      name: 'sidecar.injector.test',
      admissionReviewVersions: ['v1'],
      clientConfig,
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
      objectSelector: { matchLabels: { [injectionLabel]: 'yes' } },
      sideEffects: 'None',
    };
    const object = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' };
    const metadata = { name: 'zz-injector' };
    await api.create({ ...object, metadata, webhooks: [webhook] }, MUTATING_WEBHOOK_CONFIGURATION);
    return new Injector(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function review(
  incoming: IncomingMessage,
  answer: ServerResponse,
  resources: ResourceRequirements,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const { request } = JSON.parse(Buffer.concat(chunks).toString()) as { request: { uid: string; object: Pod } };
  const has = request.object.spec.containers.some(({ name }) => name === 'injected');
  const container = { name: 'injected', image: 'sidecar', resources };
  const patch = Buffer.from(JSON.stringify([{ op: 'add', path: '/spec/containers/-', value: container }]));
  const change = has ? {} : { patchType: 'JSONPatch', patch: patch.toString('base64') };
  const response = { uid: request.uid, allowed: true, ...change };
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
}
