/** What Kubernetes is asked, over real TLS with its own authority, and what becomes of its answers. */

import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type CapturedAnswer, CaptureServer, testTls } from '../../test/providers/capture-server.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { clusterAccess, clusterFacts } from './cluster-facts.ts';

const { signal } = new AbortController();
const answers: Readonly<Record<string, CapturedAnswer>> = {
  '/api/v1/nodes/worker-1': { status: 200, body: { metadata: { labels: { zone: 'a', odd: 1 } } } },
  '/api/v1/namespaces/kube-system/configmaps/cluster-info': { status: 200, body: { data: { cluster_id: 'c' } } },
  '/api/v1/nodes/forbidden': { status: 403, body: { message: 'no' } },
  '/api/v1/nodes/odd': { status: 200, body: [] },
};

async function withCluster(
  node: string,
  body: (facts: ReturnType<typeof clusterFacts>) => Promise<void>,
): Promise<void> {
  const server = await CaptureServer.open(async ({ url, headers }) => {
    if (headers.authorization !== 'Bearer a-token') return { status: 401 };
    return answers[url.pathname] ?? { status: 404, body: { message: 'not found' } };
  });
  const accountDirectory = temporaryFolder('account');
  copyFileSync((await testTls()).caFile, join(accountDirectory, 'ca.crt'));
  writeFileSync(join(accountDirectory, 'token'), 'a-token\n', { mode: 0o600 });
  const { hostname: host, port } = new URL(server.url);
  try {
    await body(clusterFacts({ host, port: Number(port), node, accountDirectory }));
  } finally {
    await server.close();
  }
}

describe('facts from Kubernetes', () => {
  it('are the labels of the node, and config maps', () =>
    withCluster('worker-1', async (facts) => {
      assert.deepEqual(await facts.nodeLabels({ signal }), { zone: 'a' });
      assert.deepEqual(await facts.configMap('kube-system', 'cluster-info', { signal }), { cluster_id: 'c' });
      assert.equal(await facts.configMap('kube-system', 'other', { signal }), undefined);
    }));

  it('that can not be had are said, with their path', async () => {
    await withCluster('forbidden', (facts) =>
      assert.rejects(facts.nodeLabels({ signal }), { code: 'E_IO', message: /nodes\/forbidden.* status 403/ }),
    );
    await withCluster('unknown', (facts) => assert.rejects(facts.nodeLabels({ signal }), { code: 'E_IO' }));
    await withCluster('odd', async (facts) => assert.deepEqual(await facts.nodeLabels({ signal }), {}));
    const nowhere = { host: '127.0.0.1', port: 1, node: 'n', accountDirectory: '/nowhere' };
    await assert.rejects(clusterFacts(nowhere).nodeLabels({ signal }), { code: 'E_IO' });
  });

  it('are not waited for by who has left', () =>
    withCluster('worker-1', (facts) =>
      assert.rejects(facts.nodeLabels({ signal: AbortSignal.abort() }), { code: 'E_IO' }),
    ));

  it('are asked for inside a cluster only', () => {
    assert.equal(clusterAccess({}, 'n'), undefined);
    assert.equal(
      clusterAccess({ KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' }, 'n')?.port,
      6443,
    );
  });
});
