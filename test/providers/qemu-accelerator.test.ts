/** Which way of running machines works is found out by running one. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { silentLog } from '#base/log.ts';
import { chooseAccelerator, tryMachine } from '../../providers/qemu/accelerator.ts';
import { lacksCommand } from '../support/requirements.ts';

const machine = { binary: 'qemu-system-x86_64', machine: 'q35', cpu: undefined, image: undefined };

function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'trial-'));
  return body(folder).finally(() => {
    const left = readdirSync(folder);
    rmSync(folder, { recursive: true });
    assert.deepEqual(left, []);
  });
}

it('a trial machine runs 64-bit code in emulation', async (context) => {
  if (lacksCommand(context, machine.binary)) return;
  assert.equal(await inFolder((folder) => tryMachine(machine, 'tcg', folder)), undefined);
});

it('a processor that cannot run 64-bit code does not pass, and neither does what is no QEMU', async (context) => {
  if (lacksCommand(context, machine.binary)) return;
  await inFolder(async (folder) => {
    assert.match((await tryMachine({ ...machine, cpu: 'pentium3' }, 'tcg', folder)) ?? '', /trial machine/);
    assert.match((await tryMachine({ ...machine, binary: 'false' }, 'tcg', folder)) ?? '', /ended with 1/);
    assert.match((await tryMachine({ ...machine, binary: 'no-such-qemu' }, 'tcg', folder)) ?? '', /ENOENT/);
  });
});

it('KVM is used where it runs a machine, whatever devices there are, and refused by name where it was asked for', async (context) => {
  if (lacksCommand(context, machine.binary)) return;
  await inFolder(async (folder) => {
    const chosen = await chooseAccelerator('auto', machine, folder, silentLog);
    const works = (await tryMachine(machine, 'kvm', folder)) === undefined;
    assert.equal(chosen, works ? 'kvm' : 'tcg');
    if (!existsSync('/dev/kvm')) assert.equal(chosen, 'tcg');
    if (works) return;
    await assert.rejects(chooseAccelerator('kvm', machine, folder, silentLog), /KVM does not work here: /);
  });
});
