/** The API server of a cluster with very many PeerPods, as far as a controller asks: pages, and a stream of changes. */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { PemPair } from '../support/test-ca.ts';

const group = 'confidentialcontainers.org/v1alpha1';

/** As an adaptor and the API server leave it, the book-keeping of managers included. */
function peerPod(at: number, version: number, deleted = false): object {
  const hex = (seed: number, length: number) =>
    (BigInt(seed + 1) * 0x9e3779b97f4a7c15_f39cc0605cedc834n).toString(16).padStart(length, '0').slice(0, length);
  const uid = (seed: number) => hex(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const name = `deployment-${at % 5000}-${hex(at, 9)}-${hex(at * 7, 5)}`;
  const owned = (field: string) => ({ [`k:{"uid":"${uid(at * 3)}"}`]: {}, '.': {}, [`f:${field}`]: {} });
  return {
    metadata: {
      name: `${name}-resource-${hex(at * 11, 5)}`,
      namespace: `team-${at % 400}`,
      uid: uid(at),
      resourceVersion: String(version),
      generation: 2,
      creationTimestamp: `2026-01-0${1 + (at % 9)}T10:${10 + (at % 50)}:${10 + (at % 49)}Z`,
      ...(deleted && { deletionTimestamp: '2026-02-01T00:00:00Z', deletionGracePeriodSeconds: 0 }),
      labels: { 'kata.peerpods.io/node': `ip-10-0-${at % 20}-${at % 250}.eu-central-1.compute.internal` },
      annotations: { 'kata.peerpods.io/sandbox-id': hex(at * 5, 32) + hex(at * 13, 32) },
      finalizers: ['peer.pod/finalizer'],
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Pod', name, uid: uid(at * 3), controller: true, blockOwnerDeletion: true },
      ],
      managedFields: [
        {
          manager: 'cloud-api-adaptor',
          operation: 'Update',
          apiVersion: group,
          time: '2026-01-01T10:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:metadata': {
              'f:finalizers': { '.': {}, 'v:"peer.pod/finalizer"': {} },
              'f:ownerReferences': owned('uid'),
            },
            'f:spec': { '.': {}, 'f:cloudProvider': {}, 'f:instanceID': {}, 'f:nodeName': {}, 'f:podUID': {} },
          },
        },
      ],
    },
    spec: {
      cloudProvider: 'aws',
      instanceID: `i-${hex(at * 17, 17)}`,
      nodeName: `ip-10-0-${at % 20}-${at % 250}.eu-central-1.compute.internal`,
      podUID: uid(at * 3),
      sandboxID: hex(at * 5, 32) + hex(at * 13, 32),
      sandboxCreatedAt: '2026-01-01T10:00:00.123456Z',
    },
  };
}

export class PeerPodStream implements AsyncDisposable {
  readonly #server: Server;
  readonly #count: number;
  #version = 1_000_000;
  #watch: ServerResponse | undefined;
  /** Resolves when an object is asked for by its name: what was sent before it has been taken in. */
  #asked = Promise.withResolvers<void>();
  readonly #watching = Promise.withResolvers<void>();

  private constructor(pair: PemPair, count: number) {
    this.#count = count;
    this.#server = createServer({ cert: pair.certPem, key: pair.keyPem }, (request, response) =>
      this.#answer(request, response),
    );
  }

  static async open(pair: PemPair, count: number, port: number): Promise<PeerPodStream> {
    const stream = new PeerPodStream(pair, count);
    stream.#server.listen(port, '127.0.0.1');
    await once(stream.#server, 'listening');
    return stream;
  }

  /** The list is taken, and changes are listened for. */
  get watching(): Promise<void> {
    return this.#watching.promise;
  }

  /** `events` changes of as many objects in turn; resolves once the controller has taken in the last one. */
  async change(events: number): Promise<void> {
    this.#asked = Promise.withResolvers<void>();
    const step = Math.max(1, Math.floor(this.#count / events));
    for (let at = 0; at < events; at += 1) await this.#send('MODIFIED', (at * step) % this.#count, false);
    // One that is being deleted is looked at, which is to be heard of.
    await this.#send('MODIFIED', 0, true);
    await this.#asked.promise;
    await this.#send('MODIFIED', 0, false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #send(type: string, at: number, deleted: boolean): Promise<void> {
    this.#version += 1;
    const object = { apiVersion: group, kind: 'PeerPod', ...peerPod(at, this.#version, deleted) };
    if (this.#watch && !this.#watch.write(`${JSON.stringify({ type, object })}\n`)) await once(this.#watch, 'drain');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'https://server');
    request.resume();
    response.setHeader('content-type', 'application/json');
    const isList = url.pathname === `/apis/${group}/peerpods`;
    if (url.searchParams.get('watch')) {
      response.flushHeaders();
      if (!isList) return;
      this.#watch = response;
      this.#watching.resolve();
    } else if (isList) {
      this.#page(url, response);
    } else if (url.pathname.includes('/peerpods/')) {
      this.#asked.resolve();
      response.statusCode = 404;
      response.end('{"kind":"Status","code":404,"reason":"NotFound","message":"gone"}');
    } else if (url.pathname === '/api/v1/namespaces/kube-system') {
      response.end('{"metadata":{"name":"kube-system","uid":"the-cluster"}}');
    } else response.end('{"metadata":{"resourceVersion":"1"},"items":[]}');
  }

  #page(url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = Math.min(this.#count, from + Number(url.searchParams.get('limit') ?? this.#count));
    const items = Array.from({ length: to - from }, (_, at) => peerPod(from + at, from + at + 1));
    const metadata = { resourceVersion: String(this.#version), ...(to < this.#count && { continue: String(to) }) };
    response.end(JSON.stringify({ metadata, items }));
  }
}
