/** The short form of make chaos: a running pod under the faults that it must live through, and some that must not leak. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { lacksCommand, lacksRoot } from '../support/requirements.ts';

const main = join(import.meta.dirname, '../../dev/chaos/main.ts');

interface Document {
  readonly ok: boolean;
  readonly outcomes: readonly {
    readonly step: string;
    readonly podLived: boolean | '-';
    readonly trouble: readonly string[];
  }[];
}

for (const [only, lives] of [
  ['adaptor killed, running', true],
  ['relay replaced, running', true],
  ['forwarder killed, running', true],
  ['connection to the VM reset, running', true],
  ['adaptor killed, pod VM booting', true],
  ['relay killed, running', false],
  ['provider program killed, running', true],
  ['clock an hour ahead, running', true],
  ['adaptor out of descriptors, stopping', '-'],
  ['disk full, stopping', '-'],
  ['adaptor killed at, records.append#2 done', true],
  ['adaptor killed at, netlink.exchange#2 undone', true],
  ['adaptor killed at, provider.create#1 done', '-'],
  ['adaptor killed at, provider.delete#1 done', true],
  ['adaptor killed at, warm provider.warm.claim#1 done', '-'],
  ['adaptor killed at, warm records.append#2 done', true],
] as const) {
  test(`${only}: ${lives === true ? 'the pod lives on' : 'the pod is over'}, and nothing leaks`, (t) => {
    if (lacksRoot(t) || lacksCommand(t, 'unshare') || lacksCommand(t, 'nft') || lacksCommand(t, 'cc')) return;
    const command = [main, '--only', only, '--output', 'json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', timeout: 180_000 });
    assert.equal(status, 0, stderr);
    const { ok, outcomes } = JSON.parse(stdout) as Document;
    assert.equal(ok, true);
    // "adaptor killed" is in the name of another fault, too.
    const [outcome] = outcomes;
    assert.deepEqual([outcome?.podLived, outcome?.trouble], [lives, []]);
  });
}
