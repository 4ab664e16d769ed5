/** Every way to credentials, and the worker's metadata, each against a server that gives them. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { provider as awsModule } from '@peerpods/provider-aws';
import { silentLog } from '#base/log.ts';
import { parseOptions } from '#daemons/options.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { readMetadata } from '../../providers/aws/metadata.ts';
import { FaultProxy } from './fault-proxy.ts';
import { lacksMoto, Moto } from './moto.ts';

const { signal } = new AbortController();
let opened: Promise<Moto> | undefined;
after(async () => (await opened)?.close());

interface Way {
  readonly env?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
}

/** The access key id that signed a call of a provider opened this way. */
async function signerOf(way: Way): Promise<string> {
  opened ??= Moto.open();
  const proxy = await FaultProxy.open({ target: (await opened).url });
  const saved = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), 'aws-'));
  // The SDK's chain reads the process's own environment: nothing of this machine's may be in it.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  });
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true' }, way.env);
  try {
    const argv = [`-aws-endpoint=${proxy.url}`, '-aws-region=eu-central-1', '-imageid=ami-1', '-disable-cvm'];
    const metadata = way.env?.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? '';
    const given = [...argv, `-aws-metadata-endpoint=${metadata}`, ...(way.argv ?? [])];
    const { values } = parseOptions(awsModule.options, given, process.env);
    const host = { log: silentLog, clock: systemClock, random: systemRandom, stateDir: folder };
    const provider = await awsModule.open(values, host);
    try {
      await provider.list({ cluster: 'c', node: 'n' }, { signal });
    } finally {
      await provider.close();
    }
    const { authorization = '' } = proxy.requests.at(-1)?.headers ?? {};
    return /Credential=([^/]+)\//.exec(String(authorization))?.[1] ?? '';
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, saved);
    rmSync(folder, { recursive: true });
    await proxy.close();
  }
}

interface Pages {
  readonly [path: string]: string;
}

/** Instance metadata, version 2: pages only for who shows the token. */
async function metadataServer(context: TestContext, pages: Pages): Promise<string> {
  const server = createServer((request, response) => {
    if (request.method === 'PUT' && request.url === '/latest/api/token') {
      response.end('the-token');
      return;
    }
    const page = pages[(request.url ?? '').replace(/^\/latest\/meta-data\//, '')];
    const known = request.headers['x-aws-ec2-metadata-token'] === 'the-token';
    response.statusCode = !known ? 401 : page === undefined ? 404 : 200;
    response.end(known ? (page ?? 'not found') : 'no token');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

const later = () => new Date(Date.now() + 3_600_000).toISOString();

describe('aws credentials', () => {
  it('static keys come first', async (context) => {
    if (lacksMoto(context)) return;
    const argv = ['-aws-access-key-id=AKIAFLAG', '-aws-secret-key=s', '-aws-profile=nobody'];
    assert.equal(await signerOf({ argv }), 'AKIAFLAG');
    const env = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' };
    assert.equal(await signerOf({ env }), 'AKIAENV');
  });

  it('then a profile of the shared files', async (context) => {
    if (lacksMoto(context)) return;
    const folder = mkdtempSync(join(tmpdir(), 'aws-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'credentials');
    writeFileSync(
      file,
      '[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n' +
        '[pods]\naws_access_key_id = AKIAPODS\naws_secret_access_key = s\n',
    );
    const env = { AWS_SHARED_CREDENTIALS_FILE: file };
    assert.equal(await signerOf({ env, argv: ['-aws-profile=pods'] }), 'AKIAPODS');
    assert.equal(await signerOf({ env }), 'AKIADEFAULT');
    // A key without its secret is no key.
    assert.equal(await signerOf({ env, argv: ['-aws-access-key-id=AKIAHALF', '-aws-profile=pods'] }), 'AKIAPODS');
  });

  it('a web identity (service account of a cluster) is exchanged for keys', async (context) => {
    if (lacksMoto(context)) return;
    opened ??= Moto.open();
    const { url } = await opened;
    const folder = mkdtempSync(join(tmpdir(), 'aws-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ sub: 'system:serviceaccount:a:b', aud: 'sts', iss: 'x' })}.`;
    writeFileSync(join(folder, 'token'), token);
    const signer = await signerOf({
      env: {
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pods',
        AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
        AWS_ENDPOINT_URL_STS: url,
      },
    });
    assert.match(signer, /^ASIA/);
  });

  it('the role of the worker’s instance gives keys last', async (context) => {
    if (lacksMoto(context)) return;
    const role = {
      Code: 'Success',
      AccessKeyId: 'ASIAROLE',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: later(),
      LastUpdated: new Date().toISOString(),
      Type: 'AWS-HMAC',
    };
    const endpoint = await metadataServer(context, {
      'iam/security-credentials/': 'worker',
      'iam/security-credentials/worker': JSON.stringify(role),
    });
    const env = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint };
    assert.equal(await signerOf({ env }), 'ASIAROLE');
  });

  it('none at all is said to be that', async (context) => {
    if (lacksMoto(context)) return;
    await assert.rejects(signerOf({}), { code: 'auth' });
  });
});

describe('metadata of the worker', () => {
  const pages = {
    mac: '02:00:00:00:00:01',
    'placement/region': 'eu-west-3',
    'network/interfaces/macs/02:00:00:00:00:01/subnet-id': 'subnet-12345678',
    'network/interfaces/macs/02:00:00:00:00:01/security-group-ids': 'sg-1\nsg-2',
    'public-keys/': '0=operators',
  };

  it('tells region, subnet, security groups and key pair', async (context) => {
    assert.deepEqual(await readMetadata(`${await metadataServer(context, pages)}/`), {
      region: 'eu-west-3',
      subnetId: 'subnet-12345678',
      securityGroupIds: ['sg-1', 'sg-2'],
      keyName: 'operators',
    });
  });

  it('may know less', async (context) => {
    const endpoint = await metadataServer(context, { 'placement/region': 'eu-west-3' });
    const nothing = { subnetId: undefined, securityGroupIds: [], keyName: undefined };
    assert.deepEqual(await readMetadata(endpoint), { region: 'eu-west-3', ...nothing });
  });

  it('that does not answer leaves a missing region to be asked for by name', async () => {
    const argv = ['-imageid=ami-1', '-aws-metadata-endpoint=http://127.0.0.1:9'];
    const { values } = parseOptions(awsModule.options, argv, {});
    const host = { log: silentLog, clock: systemClock, random: systemRandom, stateDir: tmpdir() };
    await assert.rejects(awsModule.open(values, host), { code: 'invalid-configuration', message: /-aws-region/ });
  });
});
