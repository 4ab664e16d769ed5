/** The pure parts: settings, translation of errors, device names, facts. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import { requestLimits } from './ec2.ts';
import { stateReasonError, translateEc2Error } from './errors.ts';
import { instanceTypeOf } from './offer.ts';
import { awsSettings, options } from './options.ts';
import { addressesOf, podVmOf } from './pod-vm.ts';
import { deviceName, volumesMax } from './volumes.ts';

describe('settings of aws', () => {
  const image = { imageid: 'ami-1' };

  it('have the defaults that existing deployments rely on', () => {
    const byFlag = Object.fromEntries(options.map((option) => [option.flag, option]));
    for (const [flag, env, value] of [
      ['instance-type', 'PODVM_INSTANCE_TYPE', 'm6a.large'],
      ['root-volume-size', 'ROOT_VOLUME_SIZE', '30'],
      ['disable-cvm', 'DISABLECVM', 'false'],
      ['use-lt', 'USE_PODVM_LAUNCHTEMPLATE', 'false'],
      ['aws-lt-name', 'PODVM_LAUNCHTEMPLATE_NAME', 'kata'],
      ['use-public-ip', 'USE_PUBLIC_IP', 'false'],
      ['imageid', 'PODVM_AMI_ID', undefined],
      ['subnetid', 'AWS_SUBNET_ID', undefined],
      ['securitygroupids', 'AWS_SG_IDS', undefined],
      ['keyname', 'SSH_KP_NAME', undefined],
      ['instance-types', 'PODVM_INSTANCE_TYPES', undefined],
      ['aws-region', 'AWS_REGION', undefined],
      ['aws-access-key-id', 'AWS_ACCESS_KEY_ID', undefined],
      ['aws-secret-key', 'AWS_SECRET_ACCESS_KEY', undefined],
      ['aws-session-token', 'AWS_SESSION_TOKEN', undefined],
      ['aws-profile', undefined, undefined],
      ['tags', 'TAGS', undefined],
    ] as const) {
      assert.deepEqual([byFlag[flag]?.env, byFlag[flag]?.default], [env, value], flag);
    }
    const secret = options.filter((option) => option.secret === true).map(({ flag }) => flag);
    assert.deepEqual(secret, ['aws-access-key-id', 'aws-secret-key', 'aws-session-token']);
  });

  it('refuse what can never work, and name it', () => {
    for (const [values, named] of [
      [{}, /-imageid/],
      [{ ...image, tags: { 'aws:x': '1' } }, /aws:x/],
      [{ ...image, tags: { 'peerpods-node': '1' } }, /peerpods-node/],
      [{ ...image, tags: { k: 'v'.repeat(257) } }, /256/],
      [{ ...image, tags: { ['k'.repeat(129)]: 'v' } }, /128/],
      [{ ...image, tags: Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`k${at}`, ''])) }, /41 tags/],
      [{ ...image, 'aws-capacity-types': ['reserved'] }, /reserved/],
    ] as const) {
      assert.throws(() => awsSettings(values), { code: 'invalid-configuration', message: named });
    }
  });

  it('take static keys only as a pair', () => {
    assert.equal(awsSettings({ ...image, 'aws-access-key-id': 'a' }).credentials, undefined);
    const pair = { 'aws-access-key-id': 'a', 'aws-secret-key': 'b' };
    assert.deepEqual(awsSettings({ ...image, ...pair }).credentials, { accessKeyId: 'a', secretAccessKey: 'b' });
  });
});

describe('errors of EC2', () => {
  const thrown = (name: string, httpStatusCode?: number, headers = {}) => ({
    name,
    message: 'what it says',
    $metadata: { httpStatusCode, requestId: 'r-1' },
    $response: { statusCode: httpStatusCode, headers },
  });

  it('become what a caller can act upon, by code and not by status where both speak', () => {
    for (const [name, status, code, scope] of [
      ['InsufficientInstanceCapacity', 500, 'no-capacity', undefined],
      ['Unsupported', 400, 'no-capacity', undefined],
      ['InsufficientFreeAddressesInSubnet', 400, 'no-capacity', 'zone'],
      ['VcpuLimitExceeded', 400, 'quota', 'instance-type'],
      ['MaxSpotInstanceCountExceeded', 400, 'quota', 'capacity-type'],
      ['RequestLimitExceeded', 503, 'throttled', undefined],
      ['UnauthorizedOperation', 403, 'auth', undefined],
      ['ExpiredToken', 400, 'auth', undefined],
      ['CredentialsProviderError', undefined, 'auth', undefined],
      ['InvalidInstanceID.NotFound', 400, 'not-found', undefined],
      ['InvalidAMIID.NotFound', 400, 'invalid-configuration', undefined],
      ['SomethingNew', 400, 'invalid-configuration', undefined],
      ['SomethingNew', 403, 'auth', undefined],
      ['SomethingNew', 429, 'throttled', undefined],
      ['SomethingNew', 502, 'transient', undefined],
      ['TimeoutError', undefined, 'transient', undefined],
      // A body that is no XML.
      ['Error', 200, 'transient', undefined],
    ] as const) {
      const error = translateEc2Error(thrown(name, status), 'RunInstances');
      assert.deepEqual([error.code, error.scope], [code, scope], `${name} ${status}`);
      assert.ok(error.message.startsWith(`RunInstances: ${name}: what it says`));
    }
  });

  it('keep the time that EC2 asked to wait, and nothing absurd', () => {
    const after = (text: string) => translateEc2Error(thrown('X', 503, { 'retry-after': text }), 'A').retryAfterMs;
    assert.deepEqual(
      [after('7'), after('0.5'), after('soon'), after('-1'), after('86400')],
      [7000, 500, undefined, undefined, undefined],
    );
  });

  it('pass on what is translated already, and survive what is no error at all', () => {
    const translated = new ProviderError('quota', 'q');
    assert.equal(translateEc2Error(translated, 'A'), translated);
    for (const odd of [undefined, null, 'text', 7, {}]) assert.equal(translateEc2Error(odd, 'A').code, 'transient');
  });

  it('that come late, in an instance’s state, mean the same', () => {
    assert.equal(stateReasonError('Server.InsufficientInstanceCapacity', '', 'i-1').code, 'no-capacity');
    assert.equal(stateReasonError('Client.VolumeLimitExceeded', '', 'i-1').code, 'quota');
    assert.equal(stateReasonError('Client.UserInitiatedShutdown', '', 'i-1').code, 'transient');
  });
});

describe('devices and instances', () => {
  it('names each LUN once, in the order that existing pods know', () => {
    const names = Array.from({ length: volumesMax }, (_, position) => deviceName(position));
    assert.equal(new Set(names).size, volumesMax);
    assert.deepEqual(
      [names[0], names[24], names[25], names[50], names[51]],
      ['/dev/xvdb', '/dev/xvdz', '/dev/xvdba', '/dev/xvdbz', '/dev/xvdca'],
    );
  });

  it('reads GPUs, architecture and SEV-SNP of a type', () => {
    assert.deepEqual(
      instanceTypeOf('x', {
        VCpuInfo: { DefaultVCpus: 48 },
        MemoryInfo: { SizeInMiB: 196_608 },
        GpuInfo: {
          Gpus: [
            { Name: 'T4', Count: 2 },
            { Name: 'T4', Count: 2 },
          ],
        },
        ProcessorInfo: { SupportedArchitectures: ['i386', 'arm64'], SupportedFeatures: ['amd-sev-snp'] },
      }),
      {
        name: 'x',
        vcpus: 48,
        memoryMiB: 196_608,
        gpus: 4,
        gpuModel: 'T4',
        architecture: 'aarch64',
        confidential: ['sev-snp'],
      },
    );
  });

  it('has no addresses before each interface has one', () => {
    const nic = (DeviceIndex: number, PrivateIpAddress?: string, PublicIp?: string) => ({
      Attachment: { DeviceIndex },
      ...(PrivateIpAddress !== undefined && { PrivateIpAddress }),
      ...(PublicIp !== undefined && { Association: { PublicIp } }),
    });
    assert.deepEqual(addressesOf({ NetworkInterfaces: [nic(1, '10.0.0.2'), nic(0, '10.0.0.1')] }, false), [
      '10.0.0.1',
      '10.0.0.2',
    ]);
    assert.deepEqual(addressesOf({ NetworkInterfaces: [nic(0, '10.0.0.1', '1.2.3.4'), nic(1, '10.0.0.2')] }, true), []);
    assert.deepEqual(addressesOf({ NetworkInterfaces: [nic(0)] }, false), []);
    assert.deepEqual(addressesOf({ PrivateIpAddress: '10.0.0.9' }, false), ['10.0.0.9']);
  });

  it('of others, and ended ones, are no pod VMs', () => {
    assert.equal(
      podVmOf({ InstanceId: 'i-1', State: { Name: 'running' }, Tags: [{ Key: 'Name', Value: 'web' }] }, false),
      undefined,
    );
    const Tags = ['cluster', 'node', 'sandbox'].map((key) => ({ Key: `peerpods-${key}`, Value: 'x' }));
    assert.equal(podVmOf({ InstanceId: 'i-1', State: { Name: 'terminated' }, Tags }, false), undefined);
    assert.equal(podVmOf({ InstanceId: 'i-1', State: { Name: 'shutting-down' }, Tags }, false)?.state, 'deleting');
  });
});

describe('the policy in the guide', () => {
  it('allows each action that is used, and no other', () => {
    const page = readFileSync(new URL('../../docs/providers/aws.md', import.meta.url), 'utf8');
    const policy = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '') as {
      readonly Statement: readonly { readonly Action: string | readonly string[] }[];
    };
    const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));
    assert.deepEqual(
      [...allowed].toSorted(),
      Object.keys(requestLimits)
        .map((action) => `ec2:${action}`)
        .toSorted(),
    );
  });
});
