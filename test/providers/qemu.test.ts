/** The qemu provider with real machines keeps the contract, survives its own restart and leaves no trace. */

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { getLinks, netlink, query } from '@peerpods/netlink';
import type { OptionValues, PodVmSpec, ProviderHost } from '@peerpods/provider';
import { provider } from '@peerpods/provider-qemu';
import { silentLog } from '#base/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { type ConformanceFactory, providerConformance } from '../../providers/contract/conformance.ts';
import { warmConformance } from '../../providers/contract/warm-conformance.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { lacks, lacksCommand, lacksRoot } from '../support/requirements.ts';

const imageDir = join(import.meta.dirname, '../../podvm/build');
// One vCPU: many machines begin to boot here, and none needs to get far.
const values: OptionValues = { 'qemu-vcpus': 1, 'qemu-memory': 256 };

const lacksAnything = (context: TestContext) =>
  lacksRoot(context) ||
  lacksCommand(context, 'qemu-system-x86_64') ||
  lacks(context, existsSync('/dev/net/tun'), '/dev/net/tun') ||
  lacks(context, existsSync(join(imageDir, 'manifest.json')), 'the pod VM image (make podvm)');

function openHost(): ProviderHost {
  return {
    log: silentLog,
    clock: systemClock,
    random: systemRandom,
    stateDir: mkdtempSync(join(tmpdir(), 'qemu-')),
  };
}

const { signal } = new AbortController();
const owner = { cluster: 'c', node: 'n' };

function specOf(sandboxId: string, more: Partial<PodVmSpec> = {}): PodVmSpec {
  const pod = { podName: 'a', podNamespace: 'default', userData: '#cloud-config\n', sizing: {} };
  return { sandboxId, name: `podvm-a-${sandboxId}`, owner, ...pod, ...more };
}

const linkNames = async () => (await query(netlink, undefined, getLinks())).map(({ name }) => name).toSorted();

function qemuProcesses(): readonly { readonly pid: string; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
      } catch {
        return []; // it ended while we looked
      }
    })
    .filter(({ command }) => command.startsWith('qemu-system'));
}

async function until(what: string, holds: () => boolean, boundMs = 20_000): Promise<void> {
  for (const end = performance.now() + boundMs; !holds(); ) {
    assert.ok(performance.now() < end, `${what}: not within ${boundMs} ms`);
    await delay(20);
  }
}

const subject: ConformanceFactory = async (context) => {
  if (lacksAnything(context)) return undefined;
  const host = openHost();
  return {
    provider: await provider.open(values, host),
    userDataBytesMax: provider.userDataBytesMax,
    residue: async () => [
      ...readdirSync(host.stateDir),
      ...qemuProcesses().map(({ pid }) => `process ${pid}`),
      ...(await linkNames()).filter((name) => name.startsWith('ppq')),
    ],
    dispose: async () => rmSync(host.stateDir, { recursive: true }),
  };
};

function registerTests(): void {
  providerConformance('qemu', subject);
  warmConformance('qemu', subject);

  describe('a QEMU pod VM', () => {
    it('is found by a new instance, and nothing of it is left after its deletion', async (context) => {
      if (lacksAnything(context)) return;
      const host = openHost();
      const before = await linkNames();
      const made = await (await provider.open(values, host)).create(specOf('s1'), { signal });
      const successor = await provider.open(values, host);
      assert.deepEqual(await successor.list(owner, { signal }), [made]);
      assert.equal((await successor.create(specOf('s1'), { signal })).id, made.id);
      assert.equal(qemuProcesses().length, 1);
      assert.equal(await successor.delete(made.id, { signal }), 'gone');
      assert.deepEqual(readdirSync(host.stateDir), []);
      assert.deepEqual(await linkNames(), before);
      assert.deepEqual(qemuProcesses(), []);
      rmSync(host.stateDir, { recursive: true });
    });

    it('has the size that the pod asks for, and a user of its own without privileges', async (context) => {
      if (lacksAnything(context)) return;
      const host = openHost();
      const opened = await provider.open(values, host);
      const { id } = await opened.create(specOf('s2', { sizing: { vcpus: 2, memoryMiB: 300 } }), { signal });
      const [qemu] = qemuProcesses();
      assert.ok(qemu);
      const words = qemu.command.split('\0');
      assert.deepEqual([words[words.indexOf('-smp') + 1], words[words.indexOf('-m') + 1]], ['2', '300']);
      const status = readFileSync(`/proc/${qemu.pid}/status`, 'utf8');
      const user = /^Uid:\t(\d+)\t(\d+)\t(\d+)/m.exec(status)?.slice(1).map(Number) ?? [];
      assert.ok(
        user.every((uid) => uid > 1_900_000_000),
        status,
      );
      assert.match(status, /^CapEff:\t0+$/m);
      assert.match(status, /^Seccomp:\t2$/m);
      await opened.delete(id, { signal });
      rmSync(host.stateDir, { recursive: true });
    });

    it('keeps no user-data on disk once it runs', async (context) => {
      if (lacksAnything(context)) return;
      const host = openHost();
      const opened = await provider.open(values, host);
      const secret = 'canary-7f3a';
      const { id } = await opened.create(specOf('s3', { userData: `#cloud-config\n# ${secret}\n` }), { signal });
      const folder = join(host.stateDir, id);
      for (const file of readdirSync(folder)) {
        if (!statSync(join(folder, file)).isFile()) continue;
        assert.ok(!readFileSync(join(folder, file), 'latin1').includes(secret), file);
      }
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      await opened.delete(id, { signal });
      rmSync(host.stateDir, { recursive: true });
    });

    it('writes its console to a file', async (context) => {
      if (lacksAnything(context)) return;
      const host = openHost();
      const opened = await provider.open(values, host);
      const { id } = await opened.create(specOf('s4'), { signal });
      const console = join(host.stateDir, id, 'console.log');
      await until('the kernel on the console', () => readFileSync(console, 'utf8').includes('[podvm]'), 60_000);
      await opened.delete(id, { signal });
      rmSync(host.stateDir, { recursive: true });
    });

    it('whose QEMU was killed is no longer running, and is made anew by the next create', async (context) => {
      if (lacksAnything(context)) return;
      const host = openHost();
      const opened = await provider.open(values, host);
      const made = await opened.create(specOf('s5'), { signal });
      const [qemu] = qemuProcesses();
      process.kill(Number(qemu?.pid), 'SIGKILL');
      await until('the end of QEMU', () => qemuProcesses().length === 0);
      assert.equal((await opened.get(made.id, { signal }))?.state, 'deleting');
      const again = await opened.create(specOf('s5'), { signal });
      assert.deepEqual([again.id, again.state, again.addresses], [made.id, 'running', made.addresses]);
      assert.equal(qemuProcesses().length, 1);
      await opened.delete(made.id, { signal });
      rmSync(host.stateDir, { recursive: true });
    });

    it('half made by a provider that was killed is made anew', async (context) => {
      if (lacksAnything(context)) return;
      const host = openHost();
      const opened = await provider.open(values, host);
      const made = await opened.create(specOf('s6'), { signal });
      const [first] = qemuProcesses();
      writeFileSync(join(host.stateDir, made.id, 'user-data'), 'of a start that did not end');
      const successor = await provider.open(values, host);
      await successor.create(specOf('s6'), { signal });
      const [second, ...others] = qemuProcesses();
      assert.ok(second && second.pid !== first?.pid);
      assert.deepEqual(others, []);
      await successor.delete(made.id, { signal });
      rmSync(host.stateDir, { recursive: true });
    });

    it('that can not be is refused before anything is made', async (context) => {
      if (lacksAnything(context)) return;
      const host = openHost();
      const opened = await provider.open(values, host);
      const refused = { code: 'invalid-configuration' };
      for (const more of [
        { image: '../etc' },
        { image: 'missing' },
        { sizing: { gpus: 1 } },
        { dedicatedInterface: true },
        { volumes: ['../disk'] },
        { volumes: ['disk'] },
      ] satisfies Partial<PodVmSpec>[]) {
        await assert.rejects(opened.create(specOf('s7', more), { signal }), refused, JSON.stringify(more));
      }
      assert.deepEqual(readdirSync(host.stateDir), []);
      rmSync(host.stateDir, { recursive: true });
    });

    it('that QEMU refuses says so in the words of QEMU, and can be deleted', async (context) => {
      if (lacksAnything(context)) return;
      const host = openHost();
      const image = join(host.stateDir, 'image');
      mkdirSync(image);
      writeFileSync(join(image, 'manifest.json'), '{"version":1}');
      for (const file of ['vmlinuz', 'initrd.cpio', 'root.erofs']) writeFileSync(join(image, file), 'x');
      const opened = await provider.open({ ...values, 'qemu-image-dir': image }, host);
      const failure = await opened.create(specOf('s8'), { signal }).then(
        () => assert.fail('it should have failed'),
        (error: Error & { podVmId?: string }) => error,
      );
      assert.match(failure.message, /QEMU ended: .*(kernel|linux)/i);
      assert.equal(await opened.delete(failure.podVmId ?? '', { signal }), 'gone');
      rmSync(host.stateDir, { recursive: true });
    });
  });
}

if (insideOwnNamespaces(import.meta.filename)) registerTests();
