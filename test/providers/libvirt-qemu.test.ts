/** The libvirt provider with a real QEMU domain: our disk over EFI, an address by DHCP, user-data from a CD-ROM. */

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { provider as module } from '@peerpods/provider-libvirt';
import { silentLog } from '#base/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { bootPodVm } from '../podvm/boot.ts';
import { imageDir, lacksMachines } from '../podvm/requirements.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { lacks, lacksCommand } from '../support/requirements.ts';
import { lacksLibvirt, startLibvirtd, virsh } from './libvirt-host.ts';

const uri = 'qemu:///system';
const pool = '/var/lib/libvirt/images';
const firmware = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const bootMsMax = 180_000;
const owner = { cluster: 'c', node: 'n' };
const network = `<network><name>pods</name><forward mode='nat'/><bridge name='virbr77'/>
<ip address='192.168.177.1' netmask='255.255.255.0'><dhcp><range start='192.168.177.10' end='192.168.177.99'/></dhcp></ip>
</network>`;

async function setUpHost(): Promise<void> {
  await startLibvirtd();
  copyFileSync(join(imageDir, 'podvm.qcow2'), join(pool, 'podvm-base.qcow2'));
  virsh(uri, 'pool-create-as', 'images', 'dir', '--target', pool);
  writeFileSync('/run/network.xml', network);
  virsh(uri, 'net-create', '/run/network.xml');
}

if (insideOwnNamespaces(import.meta.filename)) {
  test('a domain boots until its forwarder listens, and its deletion leaves nothing', async (context) => {
    if (lacksMachines(context) || lacksLibvirt(context) || lacksCommand(context, 'dnsmasq')) return;
    if (lacks(context, existsSync(firmware), 'EFI firmware (ovmf)')) return;
    await setUpHost();
    const stateDir = mkdtempSync(join(tmpdir(), 'libvirt-'));
    const host = { log: silentLog, clock: systemClock, random: systemRandom, stateDir };
    const names = { 'pool-name': 'images', 'network-name': 'pods', 'vol-name': 'podvm-base.qcow2' };
    const size = { cpu: 2, memory: 512, 'root-disk-size': 1 };
    const provider = await module.open({ uri, ...names, ...size, firmware, 'libvirt-domain-type': 'qemu' }, host);
    const limit = AbortSignal.timeout(bootMsMax);
    await provider.verify({ signal: limit });
    const { id, address, listeningMs } = await bootPodVm(provider, { number: 1, owner, stateDir }, limit);
    context.diagnostic(`listening after ${(listeningMs / 1000).toFixed(1)} s, firmware and DHCP included`);
    assert.match(address, /^192\.168\.177\./);
    assert.deepEqual(
      (await provider.list(owner, { signal: limit })).map((one) => [one.id, one.state]),
      [[id, 'running']],
    );
    assert.equal(await provider.delete(id, { signal: limit }), 'gone');
    assert.equal(virsh(uri, 'list', '--all', '--name').trim(), '');
    assert.deepEqual(readdirSync(pool), ['podvm-base.qcow2']);
    await provider.close();
    rmSync(stateDir, { recursive: true });
  });
}
