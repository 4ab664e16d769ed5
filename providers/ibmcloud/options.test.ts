/** Settings of provider ibmcloud: what existing deployments set, and what can never work. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OptionValues } from '@peerpods/provider';
import { ibmSettings, options } from './options.ts';
import { vpcUrlOf } from './place.ts';

const sound: OptionValues = {
  'api-key': 'k',
  'iam-service-url': 'https://iam.cloud.ibm.com/identity/token',
  'tagging-service-url': 'https://tags.global-search-tagging.cloud.ibm.com',
  'containers-service-url': 'https://containers.cloud.ibm.com',
  'profile-name': 'bx2-2x8',
  'image-id': ['i'],
  'disable-cvm': true,
};
const { signal } = new AbortController();

describe('settings of provider ibmcloud', () => {
  it('have the names, variables and defaults that existing deployments know', () => {
    const known: readonly (readonly [string, (string | undefined)?, string?])[] = [
      ['api-key', 'IBMCLOUD_API_KEY'],
      ['iam-profile-id', 'IBMCLOUD_IAM_PROFILE_ID'],
      ['cr-token-filename', undefined, '/var/run/secrets/tokens/vault-token'],
      ['iam-service-url', 'IBMCLOUD_IAM_ENDPOINT', 'https://iam.cloud.ibm.com/identity/token'],
      ['vpc-service-url', 'IBMCLOUD_VPC_ENDPOINT'],
      ['resource-group-id', 'IBMCLOUD_RESOURCE_GROUP_ID'],
      ['profile-name', 'IBMCLOUD_PODVM_INSTANCE_PROFILE_NAME'],
      ['profile-list', 'IBMCLOUD_PODVM_INSTANCE_PROFILE_LIST'],
      ['zone-name', 'IBMCLOUD_ZONE'],
      ['image-id', 'IBMCLOUD_PODVM_IMAGE_ID'],
      ['primary-subnet-id', 'IBMCLOUD_VPC_SUBNET_ID'],
      ['secondary-subnet-id'],
      ['secondary-security-group-id'],
      ['security-group-ids', 'IBMCLOUD_SECURITY_GROUP_IDS'],
      ['key-id', 'IBMCLOUD_SSH_KEY_ID'],
      ['vpc-id', 'IBMCLOUD_VPC_ID'],
      ['cluster-id', 'IBMCLOUD_CLUSTER_ID'],
      ['dedicated-host-ids', 'IBMCLOUD_DEDICATED_HOST_IDS'],
      ['dedicated-host-group-ids', 'IBMCLOUD_DEDICATED_HOST_GROUP_IDS'],
      ['disable-cvm', 'DISABLECVM', 'true'],
      ['tags', 'TAGS'],
    ];
    for (const [flag, env, preset] of known) {
      const option = options.find((one) => one.flag === flag);
      assert.ok(option, flag);
      if (env !== undefined) assert.equal(option.env, env);
      assert.equal(option.default, preset);
    }
    assert.equal(options.find(({ flag }) => flag === 'tags')?.kind, 'list');
    assert.deepEqual(
      options.filter(({ secret }) => secret).map(({ flag }) => flag),
      ['api-key', 'iam-profile-id'],
    );
  });

  it('prefer the API key, and find the API of the region', async () => {
    const both = ibmSettings({
      ...sound,
      'iam-profile-id': 'p',
      'cr-token-filename': '/t',
      'zone-name': ['us-south-2'],
    });
    assert.equal(both.credential.kind, 'api-key');
    assert.equal(await vpcUrlOf(both, undefined, signal), 'https://us-south.iaas.cloud.ibm.com/v1');
    const labels = {
      nodeLabels: async () => ({ 'topology.kubernetes.io/region': 'eu-gb' }),
      configMap: async () => undefined,
    };
    assert.equal(await vpcUrlOf(ibmSettings(sound), labels, signal), 'https://eu-gb.iaas.cloud.ibm.com/v1');
    await assert.rejects(vpcUrlOf(ibmSettings(sound), undefined, signal), { code: 'invalid-configuration' });
  });

  const wrong: readonly (readonly [string, OptionValues, RegExp])[] = [
    ['no identity', { 'api-key': '' }, /-api-key \(IBMCLOUD_API_KEY\) or -iam-profile-id/],
    ['no image', { 'image-id': [] }, /-image-id/],
    ['no profile', { 'profile-name': undefined }, /-profile-name/],
    ['a word for a URL', { 'vpc-service-url': 'eu-de' }, /-vpc-service-url: "eu-de" is no URL/],
    ['spot on dedicated hosts', { 'ibmcloud-capacity-types': ['spot'], 'dedicated-host-ids': ['h'] }, /no spot/],
    ['an unknown way to pay', { 'ibmcloud-capacity-types': ['x'] }, /"x" is neither/],
    ['a tag with a slash', { tags: ['a/b'] }, /a tag is LABEL or KEY:VALUE/],
    ['a tag of our own', { tags: ['Peerpods-node:x'] }, /ours/],
  ];
  for (const [what, values, message] of wrong) {
    it(`refuse ${what}`, () => {
      assert.throws(() => ibmSettings({ ...sound, ...values }), { code: 'invalid-configuration', message });
    });
  }
});
