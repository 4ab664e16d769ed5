/** What provider aws finds wrong with settings, and names. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inAwsScene, plain, signal } from './aws-lab.ts';
import { actionOf, ec2Error } from './ec2-behaviour.ts';

describe('aws verify', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown instance type', ['-instance-types=m6a.large,m99.huge'], /m99\.huge/],
    ['an unknown image', ['-imageid=ami-00000000'], /ami-00000000/],
    ['an unknown subnet', ['-subnetid=subnet-00000000'], /subnet-00000000/],
    ['an unknown security group', ['-securitygroupids=sg-00000000'], /sg-00000000/],
    ['an unknown key pair', ['-keyname=nobody'], /nobody/],
    ['an unknown launch template', ['-use-lt', '-aws-lt-name=none'], /none/],
  ];
  for (const [what, argv, named] of cases) {
    it(`names ${what}`, (context) =>
      inAwsScene(context, [...plain, ...argv], async ({ provider }) => {
        await assert.rejects(provider.verify({ signal }), { code: 'invalid-configuration', message: named });
      }));
  }

  it('names types without SEV-SNP', (context) =>
    inAwsScene(context, ['-instance-types=m6a.large,t3.small,c5.large'], async ({ provider }) => {
      await assert.rejects(provider.verify({ signal }), { message: /no SEV-SNP here with t3\.small, c5\.large/ });
    }));

  it('says all that is wrong at once', (context) =>
    inAwsScene(context, [...plain, '-keyname=nobody', '-imageid=ami-00000000'], async ({ provider }) => {
      await assert.rejects(provider.verify({ signal }), { message: /ami-00000000.*; .*nobody/ });
    }));

  it('says that the credentials are refused', (context) =>
    inAwsScene(context, plain, async ({ provider, proxy }) => {
      const refused = ec2Error(401, 'AuthFailure', 'AWS was not able to validate the provided access credentials');
      const fault = { kind: 'answer', status: 401, body: refused.body.toString() } as const;
      proxy.inject({ when: () => true, times: 100, fault });
      await assert.rejects(provider.verify({ signal }), { code: 'auth', message: /credentials are refused/ });
    }));

  it('says that the launch itself would not be allowed', (context) =>
    inAwsScene(context, plain, async ({ provider, proxy }) => {
      const refused = ec2Error(403, 'UnauthorizedOperation', 'You are not authorized');
      const fault = { kind: 'answer', status: 403, body: refused.body.toString() } as const;
      proxy.inject({ when: (request) => actionOf(request) === 'RunInstances', times: 100, fault });
      await assert.rejects(provider.verify({ signal }), {
        message: /RunInstances of m6a\.large.*UnauthorizedOperation/,
      });
    }));
});
