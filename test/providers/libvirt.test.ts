/** The libvirt provider against libvirt's own test driver: domains, volumes and networks are libvirt's, nothing boots. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { OptionValues, PodVmSpec, ProviderHost } from '@peerpods/provider';
import { provider } from '@peerpods/provider-libvirt';
import { silentLog } from '#base/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { type ConformanceFactory, providerConformance } from '../../providers/contract/conformance.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { lacksLibvirt, startLibvirtd, stayConnected, virsh, withoutUploads } from './libvirt-host.ts';

const uri = 'test+unix:///default';
const values: OptionValues = { uri, 'pool-name': 'default-pool', 'network-name': 'default', 'vol-name': 'base.qcow2' };
const owner = { cluster: 'c', node: 'n' };
const { signal } = new AbortController();

const volumes = () =>
  virsh(uri, 'vol-list', 'default-pool')
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .filter((name) => name !== '' && name !== 'base.qcow2')
    .toSorted();

const domains = () =>
  virsh(uri, 'list', '--all', '--name')
    .split('\n')
    .filter((name) => name !== '' && name !== 'test');

function openHost(): ProviderHost {
  const stateDir = temporaryFolder('libvirt');
  return { log: silentLog, clock: systemClock, random: systemRandom, stateDir };
}

function specOf(sandboxId: string, more: Partial<PodVmSpec> = {}): PodVmSpec {
  const pod = { podName: 'a', podNamespace: 'default', userData: '#cloud-config\n', sizing: {} };
  return { sandboxId, name: `podvm-a-${sandboxId}`, owner, ...pod, ...more };
}

function registerTests(): void {
  const shim = withoutUploads();
  let disconnect = () => {};
  process.env.PATH = `${shim.path}:${process.env.PATH}`;

  before(async () => {
    await startLibvirtd();
    disconnect = stayConnected(uri);
    // What one process makes is only there for the next once the lasting connection is.
    for (let attempt = 0; ; attempt += 1) {
      try {
        virsh(uri, 'vol-info', 'base.qcow2', '--pool', 'default-pool');
        break;
      } catch (error) {
        if (attempt === 100) throw error;
        virsh(uri, 'vol-create-as', 'default-pool', 'base.qcow2', '1G', '--format', 'qcow2');
        await delay(50);
      }
    }
  });
  after(() => disconnect());

  const subject: ConformanceFactory = async (context) => {
    if (lacksLibvirt(context)) return undefined;
    const host = openHost();
    return {
      provider: await provider.open(values, host),
      userDataBytesMax: provider.userDataBytesMax,
      residue: async () => [...domains(), ...volumes(), ...readdirSync(host.stateDir)],
      dispose: async () => rmSync(host.stateDir, { recursive: true }),
    };
  };
  providerConformance('libvirt', subject);

  describe('a libvirt pod VM', () => {
    it('has the size, the processors, the base volume and the tags that were asked for', async (context) => {
      if (lacksLibvirt(context)) return;
      const opened = await provider.open({ ...values, cpuset: '0-1' }, openHost());
      const spec = specOf('s1', { sizing: { vcpus: 1, memoryMiB: 300 } });
      const made = await opened.create(spec, { signal });
      const xml = virsh(uri, 'dumpxml', made.id);
      assert.match(xml, /<memory unit='KiB'>307200<\/memory>/);
      assert.match(xml, /<vcpu placement='static' cpuset='0-1'>1<\/vcpu>/);
      assert.match(xml, /key="peerpods-sandbox" value="s1"/);
      assert.match(virsh(uri, 'vol-dumpxml', `${spec.name}-root.qcow2`, '--pool', 'default-pool'), /base\.qcow2/);
      await opened.delete(made.id, { signal });
      assert.deepEqual([...domains(), ...volumes()], []);
    });

    it('is found by a new instance, and made anew when its domain has ended', async (context) => {
      if (lacksLibvirt(context)) return;
      const made = await (await provider.open(values, openHost())).create(specOf('s2'), { signal });
      const successor = await provider.open(values, openHost());
      assert.deepEqual(await successor.list(owner, { signal }), [made]);
      assert.equal((await successor.create(specOf('s2'), { signal })).id, made.id);
      virsh(uri, 'destroy', made.id);
      assert.equal((await successor.get(made.id, { signal }))?.state, 'deleting');
      assert.equal((await successor.create(specOf('s2'), { signal })).id, made.id);
      assert.deepEqual(domains(), ['podvm-a-s2']);
      await successor.delete(made.id, { signal });
      assert.deepEqual([...domains(), ...volumes()], []);
    });

    it('half made, whatever step it got to, is completed by the next create and removed by delete', async (context) => {
      if (lacksLibvirt(context)) return;
      const opened = await provider.open(values, openHost());
      for (const undo of [
        ['vol-delete', 'podvm-a-s3-cloudinit.iso', '--pool', 'default-pool'],
        ['vol-delete', 'podvm-a-s3-root.qcow2', '--pool', 'default-pool'],
      ]) {
        const made = await opened.create(specOf('s3'), { signal });
        virsh(uri, 'destroy', made.id);
        virsh(uri, ...undo);
        await opened.create(specOf('s3'), { signal });
        assert.equal(volumes().length, 2);
        virsh(uri, ...undo);
        assert.equal(await opened.delete(made.id, { signal }), 'gone');
        assert.deepEqual([...domains(), ...volumes()], []);
      }
    });

    it('whose user-data goes over is in a file of root alone, and in no argument', async (context) => {
      if (lacksLibvirt(context)) return;
      const host = openHost();
      const opened = await provider.open(values, host);
      const made = await opened.create(specOf('s4', { userData: '#cloud-config\n# canary-55\n' }), { signal });
      const [mode, name] = readFileSync(shim.uploads, 'utf8').trim().split('\n').at(-1)?.split(' ') ?? [];
      assert.deepEqual([mode, name], ['600', 'podvm-a-s4-cloudinit.iso']);
      assert.match(readFileSync(`${shim.uploads}.content`, 'latin1'), /canary-55/);
      assert.doesNotMatch(virsh(uri, 'dumpxml', made.id), /canary-55/);
      assert.deepEqual(readdirSync(host.stateDir), []);
      await opened.delete(made.id, { signal });
    });

    it('that is not ours is never listed, found or touched', async (context) => {
      if (lacksLibvirt(context)) return;
      const opened = await provider.open(values, openHost());
      const foreign = virsh(uri, 'domuuid', 'test').trim();
      assert.equal(await opened.get(foreign, { signal }), undefined);
      assert.equal(await opened.delete(foreign, { signal }), 'gone');
      assert.equal(virsh(uri, 'domstate', 'test').trim(), 'running');
    });
  });

  it('what cannot be is refused by name before anything is made', async (context) => {
    if (lacksLibvirt(context)) return;
    const refused = { code: 'invalid-configuration' };
    const opened = await provider.open(values, openHost());
    for (const more of [
      { image: 'missing' },
      { volumes: ['missing'] },
      { sizing: { gpus: 1 } },
      { dedicatedInterface: true },
    ]) {
      await assert.rejects(opened.create(specOf('s5', more), { signal }), refused, JSON.stringify(more));
    }
    assert.deepEqual([...domains(), ...volumes()], []);
    await assert.rejects(provider.open({ ...values, cpuset: '0;rm' }, openHost()), refused);
    await assert.rejects(provider.open({ ...values, 'pool-name': '' }, openHost()), refused);
    for (const wrong of [
      { 'pool-name': 'no' },
      { 'network-name': 'no' },
      { 'vol-name': 'no' },
      { 'libvirt-domain-type': 'kvm' },
    ]) {
      const other = await provider.open({ ...values, ...wrong }, openHost());
      await assert.rejects(other.verify({ signal }), refused, JSON.stringify(wrong));
    }
    const nowhere = await provider.open({ ...values, uri: 'qemu+unix:///system?socket=/no/such' }, openHost());
    await assert.rejects(nowhere.verify({ signal }), { code: 'transient' });
  });
}

if (insideOwnNamespaces(import.meta.filename)) registerTests();
