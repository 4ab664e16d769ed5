/** Settings of provider azure: what existing deployments set, and what can never work. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OptionValues } from '@peerpods/provider';
import { azureSettings, options } from './options.ts';

const path = '/subscriptions/s/resourceGroups/r/providers/Microsoft.Network';
const sound: OptionValues = {
  subscriptionid: 's',
  region: 'West Europe',
  resourcegroup: 'r',
  subnetid: `${path}/virtualNetworks/v/subnets/n`,
  imageid: '/CommunityGalleries/c/images/i/versions/1.0.0',
  'azure-authority-host': 'https://login.microsoftonline.com',
  'azure-resource-manager': 'https://management.azure.com/',
};

describe('settings of provider azure', () => {
  it('have the names, variables and defaults that existing deployments know', () => {
    const known: readonly (readonly [string, string?, string?])[] = [
      ['subscriptionid', 'AZURE_SUBSCRIPTION_ID'],
      ['tenantid', 'AZURE_TENANT_ID'],
      ['clientid', 'AZURE_CLIENT_ID'],
      ['secret', 'AZURE_CLIENT_SECRET'],
      ['region', 'AZURE_REGION'],
      ['zone'],
      ['resourcegroup', 'AZURE_RESOURCE_GROUP'],
      ['subnetid', 'AZURE_SUBNET_ID'],
      ['securitygroupid', 'AZURE_NSG_ID'],
      ['instance-size', 'AZURE_INSTANCE_SIZE', 'Standard_DC2as_v5'],
      ['instance-sizes', 'AZURE_INSTANCE_SIZES'],
      ['imageid', 'AZURE_IMAGE_ID'],
      ['ssh-key-path'],
      ['ssh-username', 'SSH_USERNAME', 'peerpod'],
      ['disable-cvm', 'DISABLECVM', 'false'],
      ['enable-secure-boot', 'ENABLE_SECURE_BOOT', 'false'],
      ['use-public-ip', 'USE_PUBLIC_IP', 'false'],
      ['root-volume-size', 'ROOT_VOLUME_SIZE', '0'],
      ['tags', 'TAGS'],
    ];
    for (const [flag, env, preset] of known) {
      const option = options.find((one) => one.flag === flag);
      assert.ok(option, flag);
      if (env !== undefined) assert.equal(option.env, env);
      assert.equal(option.default, preset);
    }
    assert.deepEqual(
      options.filter(({ secret }) => secret).map(({ flag }) => flag),
      ['tenantid', 'clientid', 'secret'],
    );
  });

  it('are read as they are meant', () => {
    const settings = azureSettings({ ...sound, zone: ['2', '1', '2'], 'azure-rate-percent': 25 });
    assert.equal(settings.region, 'westeurope');
    assert.equal(settings.resourceManager, 'https://management.azure.com');
    assert.deepEqual(settings.zones, ['2', '1']);
    assert.equal(settings.rateShare, 0.25);
    assert.equal(settings.confidential, true);
    assert.deepEqual(settings.capacityTypes, ['on-demand']);
  });

  const wrong: readonly (readonly [string, OptionValues, RegExp])[] = [
    ['no subscription', { subscriptionid: '' }, /-subscriptionid \(AZURE_SUBSCRIPTION_ID\) is required/],
    ['no image', { imageid: undefined }, /-imageid \(AZURE_IMAGE_ID\)/],
    ['a subnet by name', { subnetid: 'pods' }, /-subnetid: "pods" is no resource id/],
    ['a security group of another kind', { securitygroupid: `${path}/virtualNetworks/v` }, /-securitygroupid/],
    ['plain HTTP', { 'azure-resource-manager': 'http://127.0.0.1' }, /no https URL/],
    ['an unknown way to pay', { 'azure-capacity-types': ['sport'] }, /"sport" is neither/],
    ['a tag of our own', { tags: { 'PeerPods-node': 'x' } }, /reserved/],
    ['a tag with a slash', { tags: { 'a/b': 'x' } }, /none of/],
    ['a long tag', { tags: { a: 'x'.repeat(257) } }, /256/],
    ['too many tags', { tags: Object.fromEntries([...Array(41).keys()].map((key) => [`k${key}`, ''])) }, /at most 40/],
  ];
  for (const [what, values, message] of wrong) {
    it(`refuse ${what}`, () => {
      assert.throws(() => azureSettings({ ...sound, ...values }), { code: 'invalid-configuration', message });
    });
  }
});
