import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownerTags } from '@peerpods/provider';
import { type DomainPlan, decodeDomain, encodeDomain } from './domain-xml.ts';
import { hostFacts } from './libvirt-provider.ts';
import { virshError } from './virsh.ts';

const owner = { cluster: `c<"'&>`, node: 'n' };
const plan: DomainPlan = {
  uuid: '00000000-0000-4000-8000-000000000001',
  name: 'podvm-a-1',
  tags: { ...ownerTags({ sandboxId: 's1', owner, podName: 'a', podNamespace: 'd' }), 'peerpods-created': '5' },
  domainType: 'kvm',
  architecture: 'x86_64',
  vcpus: 2,
  cpuset: '0-3,8',
  memoryMiB: 512,
  firmware: '/fw',
  launchSecurity: undefined,
  pool: 'p',
  rootVolume: 'podvm-a-1-root.qcow2',
  cidataVolume: 'podvm-a-1-cloudinit.iso',
  volumes: ['one', 'two'],
  network: 'n',
  mac: '52:54:00:00:00:01',
};

test('what was written into a domain is read back, special letters included, in either kind of quotes', () => {
  const xml = encodeDomain(plan);
  for (const text of [xml, xml.replaceAll("'", '"')]) {
    const found = decodeDomain(text);
    assert.deepEqual([found?.name, found?.uuid, found?.sandboxId], [plan.name, plan.uuid, 's1']);
    assert.deepEqual(found?.owner, owner);
    assert.deepEqual(found?.tags, plan.tags);
    assert.deepEqual(found?.ownVolumes, [plan.rootVolume, plan.cidataVolume]);
  }
});

test('a domain without our mark, or with half of it, is none of ours', () => {
  assert.equal(decodeDomain("<domain type='kvm'><name>podvm-a-1</name></domain>"), undefined);
  assert.equal(decodeDomain(encodeDomain(plan).replace(/<pp:tag key='peerpods-node'[^>]*>/, '')), undefined);
});

test('volumes are where the forwarder looks for them, and user-data is on no disk of theirs', () => {
  const targets = [...encodeDomain(plan).matchAll(/volume='([^']*)'\/>\s*<target dev='([^']*)'/g)].map(
    ([, ...pair]) => pair,
  );
  assert.deepEqual(targets, [
    ['podvm-a-1-root.qcow2', 'vda'],
    ['one', 'vdb'],
    ['two', 'vdc'],
    ['podvm-a-1-cloudinit.iso', 'sda'],
  ]);
});

test('protected virtualization is asked for on its architecture, without firmware', () => {
  const xml = encodeDomain({ ...plan, architecture: 's390x', launchSecurity: 's390-pv' });
  assert.match(xml, /<launchSecurity type='s390-pv'\/>/);
  assert.match(xml, /machine='s390-ccw-virtio'/);
  assert.doesNotMatch(xml, /<loader/);
  assert.match(encodeDomain(plan), /<loader readonly='yes' type='pflash'>\/fw<\/loader>/);
});

const capabilities = `<capabilities><host><cpu><arch>x86_64</arch></cpu></host>
<guest><os_type>hvm</os_type><arch name='i686'><domain type='kvm'/></arch></guest>
<guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize><domain type='qemu'/><domain type='kvm'/></arch></guest>
</capabilities>`;

test("a guest is of the host's architecture, under KVM where there is a choice", () => {
  assert.deepEqual(hostFacts(capabilities, undefined), { domainType: 'kvm', architecture: 'x86_64' });
  assert.deepEqual(hostFacts(capabilities, 'qemu'), { domainType: 'qemu', architecture: 'x86_64' });
  assert.throws(() => hostFacts(capabilities, 'xen'), { code: 'invalid-configuration' });
});

test('the words of virsh become codes, and stay in the text', () => {
  const code = (said: string) => virshError(['start'], 1, null, said).code;
  assert.equal(code("error: failed to get domain 'x'\n"), 'not-found');
  assert.equal(code("error: failed to get vol 'x'\nerror: Storage volume not found: no storage vol\n"), 'not-found');
  assert.equal(
    code("error: Storage pool not found: no storage pool with matching name 'x'\n"),
    'invalid-configuration',
  );
  assert.equal(code('error: authentication failed: access denied\n'), 'auth');
  assert.equal(code('error: internal error: process exited: cannot allocate memory\n'), 'no-capacity');
  assert.equal(code('error: failed to connect to the hypervisor\nerror: Connection reset by peer\n'), 'transient');
  assert.match(virshError(['start'], 1, null, 'error: one\nerror: two\n').message, /^virsh start: one; two$/);
  assert.equal(virshError(['start'], null, 'SIGKILL', '').code, 'transient');
});
