import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MachinePlan, qemuCommand } from './command-line.ts';

const plan: MachinePlan = {
  binary: 'qemu-system-x86_64',
  name: 'podvm-a-1',
  uuid: '00000000-0000-4000-8000-000000000001',
  machine: 'q35',
  accelerator: 'tcg',
  cpu: 'max',
  vcpus: 2,
  memoryMiB: 512,
  network: { address: '10.89.0.2', prefixLength: 16, gateway: '10.89.0.1', mac: '02:70:0a:59:00:02', tap: 'ppqt1' },
  mtu: 1500,
  boot: { from: 'kernel', image: { kernel: '/i/k', initrd: '/i/i', root: '/i/r' }, arguments: 'extra=1' },
  volumes: [],
  uid: 1_900_000_001,
  vhost: false,
};

const after = (command: readonly string[], flag: string) =>
  command.flatMap((word, index) => (word === flag ? [command[index + 1] ?? ''] : []));

test('the guest is told its address by the kernel, and its user-data by the firmware interface', () => {
  const command = qemuCommand(plan);
  const [append = ''] = after(command, '-append');
  assert.match(append, /podvm\.root=\/dev\/vda/);
  assert.match(append, / ip=10\.89\.0\.2::10\.89\.0\.1:16:podvm-a-1:eth0 /);
  assert.match(append, / extra=1$/);
  assert.deepEqual(after(command, '-fw_cfg'), ['name=opt/org.peerpods/user-data,file=user-data']);
});

test('the shared root file system is never writable, volumes are, and come behind it in their order', () => {
  const drives = after(qemuCommand({ ...plan, volumes: ['/v/one', '/v/odd,name'] }), '-drive');
  assert.deepEqual(drives, [
    'if=none,id=root,format=raw,readonly=on,file=/i/r',
    'if=none,id=volume0,format=raw,readonly=off,file=/v/one',
    'if=none,id=volume1,format=raw,readonly=off,file=/v/odd,,name',
  ]);
});

test('QEMU gives up its privileges, or cannot get more where it has none to give up', () => {
  const own = qemuCommand(plan);
  assert.deepEqual(after(own, '-runas'), ['1900000001:1900000001']);
  assert.match(after(own, '-sandbox')[0] ?? '', /^on,.*spawn=deny/);
  const kept = qemuCommand({ ...plan, uid: undefined });
  assert.deepEqual(after(kept, '-runas'), []);
  assert.match(after(kept, '-sandbox')[0] ?? '', /elevateprivileges=deny/);
});

test('a machine waits for its network before it runs, and ends where it would restart', () => {
  const command = qemuCommand(plan);
  assert.ok(command.includes('-S') && command.includes('-no-reboot'));
  assert.match(after(command, '-netdev')[0] ?? '', /^tap,.*ifname=ppqt1,script=no,downscript=no$/);
});

test('a disk boots through firmware from a layer of its own, and finds its network beside the user-data', () => {
  const command = qemuCommand({ ...plan, boot: { from: 'disk', disk: '/d', firmware: '/f' } });
  assert.deepEqual(after(command, '-bios'), ['/f']);
  assert.deepEqual(after(command, '-kernel'), []);
  assert.match(after(command, '-drive')[0] ?? '', /format=qcow2,readonly=off,file=disk\.qcow2$/);
  assert.match(after(command, '-fw_cfg')[1] ?? '', /^name=opt\/org\.peerpods\/network,string=ip=10\.89\.0\.2::/);
});
