/** Whom provider vsphere tells its password: a vCenter with the right certificate, and what the check says of the rest. */

import '../support/reflect-metadata.ts';

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import * as x509 from '@peculiar/x509';
import { FaultProxy, type ProxiedAnswer, type ProxiedRequest } from './fault-proxy.ts';
import { lacksVcsim } from './vcsim.ts';
import {
  fastClock,
  fixedPlaces,
  inVsphereScene,
  methodOf,
  openVsphere,
  owner,
  signal,
  vcsim,
  vsphereValues,
} from './vsphere-scene.ts';

async function selfSigned(): Promise<{ readonly key: string; readonly cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=vcenter.test',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [
      new x509.BasicConstraintsExtension(true),
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`;
  return { key, cert: certificate.toString('pem') };
}

interface TrustScene {
  readonly list: (more: readonly string[]) => Promise<unknown>;
  readonly cert: string;
  readonly certFile: string;
  readonly logins: () => number;
}

async function inTrustScene(context: TestContext, body: (scene: TrustScene) => Promise<void>): Promise<void> {
  if (lacksVcsim(context)) return;
  const simulator = await vcsim();
  const tls = await selfSigned();
  const proxy = await FaultProxy.open({ target: simulator.url, tls });
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  const certFile = join(folder, 'ca.pem');
  writeFileSync(certFile, tls.cert);
  const list = async (more: readonly string[]) => {
    const { provider, dispose } = await openVsphere(vsphereValues(proxy.url, [...fixedPlaces, ...more]), fastClock(20));
    try {
      return await provider.list(owner, { signal });
    } finally {
      await provider.close();
      dispose();
    }
  };
  const logins = () => proxy.requests.filter((request) => methodOf(request) === 'Login').length;
  try {
    await body({ list, cert: tls.cert, certFile, logins });
  } finally {
    await proxy.close();
    rmSync(folder, { recursive: true });
  }
}

describe('the certificate of a vCenter', () => {
  it('that nobody vouches for is refused before a password is sent, and the error says what to set', async (context) => {
    await inTrustScene(context, async ({ list, logins }) => {
      await assert.rejects(list([]), { code: 'auth', message: /GOVC_TLS_CA_CERTS.*GOVC_THUMBPRINT/ });
      assert.equal(logins(), 0);
    });
  });

  it('is accepted by its authority, by either thumbprint, or unseen when the settings say so', async (context) => {
    await inTrustScene(context, async ({ list, cert, certFile, logins }) => {
      const { fingerprint, fingerprint256 } = new X509Certificate(cert);
      const accepted = [
        `-vcenter-ca-file=${certFile}`,
        `-thumbprint=${fingerprint}`,
        `-thumbprint=${fingerprint256.replaceAll(':', '').toLowerCase()}`,
        '-vcenter-insecure',
      ];
      for (const more of accepted) assert.deepEqual(await list([more]), []);
      assert.equal(logins(), accepted.length);
    });
  });

  it('with another thumbprint than the pinned one is refused, though its authority is known', async (context) => {
    await inTrustScene(context, async ({ list, certFile, logins }) => {
      const other = createHash('sha256').update('another').digest('hex');
      const wrong = list([`-vcenter-ca-file=${certFile}`, `-thumbprint=${other}`]);
      await assert.rejects(wrong, { code: 'auth', message: /has the thumbprint [0-9A-F:]{95}/ });
      assert.equal(logins(), 0);
    });
  });
});

describe('the check of the settings', () => {
  const verifies = async (context: TestContext, more: readonly string[], expected: readonly RegExp[]) => {
    await inVsphereScene(context, more, async ({ provider }) => {
      await assert.rejects(provider.verify({ signal }), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'invalid-configuration');
        for (const pattern of expected) assert.match(error.message, pattern);
        return true;
      });
    });
  };

  it('names each thing that is not there', async (context) => {
    await verifies(
      context,
      ['-cluster=DC0_C0', '-host=none', '-data-store=LocalDS_0', '-template=gone'],
      [/-template: nothing fitting at \/DC0\/vm\/gone/, /-host: nothing fitting at .*none/],
    );
    await verifies(
      context,
      ['-cluster=DC0_C0', '-host=DC0_C0_H0', '-data-store=none'],
      [/-data-store: nothing fitting/],
    );
    await verifies(context, ['-drs=true', '-cluster=none'], [/-cluster: nothing fitting at \/DC0\/host\/none/]);
    await verifies(context, ['-drs=true', '-cluster=DC0_C0', '-data-center=DC7'], [/-data-center: nothing fitting/]);
    await verifies(
      context,
      [...fixedPlaces, '-resource-pool=none'],
      [/-resource-pool: there is no resource pool none/],
    );
  });

  it('takes a VM that is no template for none', async (context) => {
    await verifies(context, [...fixedPlaces, '-template=DC0_C0_RP0_VM0'], [/is a VM, not a template/]);
  });

  it('names the privileges that the account lacks, and on what', async (context) => {
    if (lacksVcsim(context)) return;
    const simulator = await vcsim();
    const refuse = (request: ProxiedRequest, answer: ProxiedAnswer): ProxiedAnswer => {
      if (methodOf(request) !== 'HasPrivilegeOnEntities') return answer;
      const text = answer.body.toString();
      const wanted = /(<privId>Datastore\.AllocateSpace<\/privId>\s*<isGranted>)true/g;
      return { ...answer, body: Buffer.from(text.replace(wanted, '$1false')) };
    };
    const proxy = await FaultProxy.open({ target: simulator.url, behaviour: { after: refuse } });
    const { provider, dispose } = await openVsphere(vsphereValues(proxy.url, fixedPlaces), fastClock(20));
    context.after(async () => {
      await provider.close();
      dispose();
      await proxy.close();
    });
    const lacks = /-data-store: worker@vsphere\.local lacks Datastore\.AllocateSpace/;
    await assert.rejects(provider.verify({ signal }), { code: 'invalid-configuration', message: lacks });
  });
});
