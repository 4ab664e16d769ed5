/** Resource ids are understood in any letters, and only those of the right kind. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDiskId, parseImageId, parseSubnetId, parseVmId, vmId } from './arm-id.ts';

const id = '/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/virtualMachines/podvm-a';

describe('resource ids', () => {
  it('of VMs are read and written back', () => {
    const parsed = parseVmId(id);
    assert.ok(parsed);
    assert.equal(vmId(parsed), id);
    assert.deepEqual(parseVmId(id.toUpperCase()), { subscription: 'S', group: 'R', name: 'PODVM-A' });
  });

  it('of anything else are no VM', () => {
    for (const other of [
      '',
      'no-such-pod-vm',
      `${id}/extensions/x`,
      id.replace('virtualMachines', 'disks'),
      `x${id}`,
    ]) {
      assert.equal(parseVmId(other), undefined, other);
    }
    assert.equal(parseDiskId(id), undefined);
  });

  it('of subnets name their network', () => {
    const subnet = '/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/v/subnets/n';
    assert.deepEqual(parseSubnetId(subnet), { subscription: 's', group: 'r', network: 'v', name: 'n' });
    assert.equal(parseSubnetId(subnet.replace('/subnets/n', '')), undefined);
  });

  it('of images are of four forms', () => {
    const compute = '/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute';
    const place = { subscription: 's', group: 'r' };
    assert.deepEqual(parseImageId(`${compute}/images/i`), { kind: 'image', ...place, name: 'i' });
    assert.deepEqual(parseImageId(`${compute}/galleries/g/images/i/versions/1.0.0`), {
      kind: 'gallery',
      ...place,
      gallery: 'g',
      name: 'i',
      version: '1.0.0',
    });
    const latest = { kind: 'gallery', ...place, gallery: 'g', name: 'i' };
    assert.deepEqual(parseImageId(`${compute}/galleries/g/images/i`), latest);
    assert.deepEqual(parseImageId(`${compute}/galleries/g/images/i/versions/latest`), latest);
    assert.deepEqual(parseImageId('/CommunityGalleries/g/Images/i/Versions/1.0.0'), {
      kind: 'community',
      gallery: 'g',
      name: 'i',
      version: '1.0.0',
    });
    assert.equal(parseImageId('ami-1'), undefined);
  });
});
