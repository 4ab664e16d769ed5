/** Provider azure proves who it is in each of its ways, and says plainly when that fails. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { AzureCloud } from './azure-cloud.ts';
import { tenant } from './azure-place.ts';
import { openScene, secretArguments } from './azure-scene.ts';
import { lacksVendorModels, VendorModels } from './vendor-models.ts';

const models = new VendorModels();
after(() => models.close());
const { signal } = new AbortController();
const owner = { cluster: 'c', node: 'n' };

async function withCloud(context: TestContext, body: (cloud: AzureCloud) => Promise<void>): Promise<void> {
  if (lacksVendorModels(context)) return;
  const cloud = await AzureCloud.open(models);
  try {
    await body(cloud);
  } finally {
    await cloud.close();
  }
}

describe('identity of provider azure', () => {
  it('is a client secret, which is in no error', (context) =>
    withCloud(context, async (cloud) => {
      const provider = await openScene(cloud.url, secretArguments);
      assert.deepEqual(await provider.list(owner, { signal }), []);
      const [grant] = cloud.grants;
      assert.equal(grant?.grant_type, 'client_credentials');
      assert.equal(grant?.client_secret, 'a-client-secret');
      assert.match(grant?.scope ?? '', new RegExp(`^${cloud.url}/\\.default`));
      await provider.close();
    }));

  it('is the projected token of workload identity when there is no secret', (context) =>
    withCloud(context, async (cloud) => {
      const file = join(temporaryFolder('azure'), 'token');
      writeFileSync(file, 'projected.service.token', { mode: 0o600 });
      const provider = await openScene(cloud.url, [
        `-tenantid=${tenant}`,
        '-clientid=cccccccc-0000-0000-0000-000000000001',
        `-azure-federated-token-file=${file}`,
      ]);
      assert.deepEqual(await provider.list(owner, { signal }), []);
      const [grant] = cloud.grants;
      assert.equal(grant?.client_assertion, 'projected.service.token');
      assert.equal(grant?.client_assertion_type, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      await provider.close();
    }));

  it('is a managed identity when there is neither', (context) =>
    withCloud(context, async (cloud) => {
      const asked: URL[] = [];
      const metadata = createServer((request, answer) => {
        asked.push(new URL(request.url ?? '', 'http://metadata'));
        if (request.headers.metadata !== 'true') {
          answer.writeHead(400).end('{}');
          return;
        }
        const token = { access_token: 'a-static-token', expires_in: '3600', token_type: 'Bearer', resource: cloud.url };
        answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
      });
      await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve));
      const address = metadata.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      // Where the SDK looks for the instance metadata in place of its link-local address.
      process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://127.0.0.1:${port}`;
      try {
        const provider = await openScene(cloud.url, ['-clientid=cccccccc-0000-0000-0000-000000000009']);
        assert.deepEqual(await provider.list(owner, { signal }), []);
        const found = asked.find(({ pathname }) => pathname.startsWith('/metadata/identity/oauth2/token'));
        assert.equal(found?.searchParams.get('client_id'), 'cccccccc-0000-0000-0000-000000000009');
        await provider.close();
      } finally {
        delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
        metadata.closeAllConnections();
        await new Promise((resolve) => metadata.close(resolve));
      }
    }));

  it('that is refused ends in auth at once, without the secret in the words', (context) =>
    withCloud(context, async (cloud) => {
      cloud.tokenError = 'AADSTS7000215: Invalid client secret provided.';
      const provider = await openScene(cloud.url, secretArguments);
      const failure: unknown = await provider.list(owner, { signal }).catch((error: unknown) => error);
      assert.ok(failure instanceof Error && 'code' in failure);
      assert.equal(failure.code, 'auth');
      assert.match(failure.message, /AADSTS7000215/);
      assert.ok(!failure.message.includes('a-client-secret'));
      assert.equal(cloud.grants.length, 1);
      await provider.close();
    }));

  it('whose token is taken no more gets another one, once, and not every time', (context) =>
    withCloud(context, async (cloud) => {
      const provider = await openScene(cloud.url, secretArguments);
      await provider.list(owner, { signal });
      cloud.revokeTokens();
      await Promise.all([provider.list(owner, { signal }), provider.verify({ signal })]);
      assert.equal(cloud.grants.length, 2);
      cloud.revokeTokens();
      await assert.rejects(provider.list(owner, { signal }), { code: 'auth' });
      assert.equal(cloud.grants.length, 2);
      await provider.close();
    }));

  it('that is half given is refused before any call', async () => {
    await assert.rejects(openScene('https://127.0.0.1:1', ['-secret=x', `-tenantid=${tenant}`]), {
      code: 'invalid-configuration',
      message: /-clientid/,
    });
    await assert.rejects(openScene('https://127.0.0.1:1', ['-azure-federated-token-file=/x']), {
      code: 'invalid-configuration',
      message: /-tenantid/,
    });
  });
});
