/** Every kind of request that provider vsphere sends is one by VMware's own types: names, order, kinds, what is required. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { specOf } from '../../providers/contract/conformance.ts';
import { lacks } from '../support/requirements.ts';
import { fixedPlaces, inVsphereScene, owner, signal } from './vsphere-scene.ts';

const cache = process.env.PEERPODS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'peerpods');
const venv = join(cache, 'plugin-python');

type Verdict = readonly [method: string, complaints: readonly string[]];

function judged(bodies: readonly string[]): readonly Verdict[] {
  const script = join(import.meta.dirname, 'vsphere-reference.py');
  const input = bodies.map((body) => `${JSON.stringify(body)}\n`).join('');
  const { stdout, stderr, status } = spawnSync(join(venv, 'bin/python'), [script], { input, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict);
}

const lacksPyvmomi = (context: TestContext) =>
  lacks(context, existsSync(join(venv, '.installed')), 'pyvmomi (make test installs it)');

it('requests are what the vendor’s types say', async (context) => {
  if (lacksPyvmomi(context)) return;
  const bodies: string[] = [];
  const full = { sizing: { vcpus: 3, memoryMiB: 4096 }, podName: 'a & b' };
  // All that there are: vcsim panics over a part of them.
  const all = ['-host=DC0_C0_H0,DC0_C0_H1,DC0_C0_H2', '-data-store=LocalDS_0,LocalDS_1'];
  const options = [
    ['-drs=true', '-cluster=DC0_C0', ...all, `-deploy-folder=judged-${process.pid}`],
    [...fixedPlaces, '-linked-clone', '-storage-policy=11111111-2222-3333-4444-555555555555'],
  ];
  for (const more of options) {
    await inVsphereScene(context, more, async ({ provider, proxy }) => {
      await provider.verify({ signal });
      const spec = { ...specOf(owner), ...full };
      const { id } = await provider.create(spec, { signal });
      await provider.create(spec, { signal });
      await provider.list(owner, { signal });
      await provider.get(id, { signal });
      await provider.delete(id, { signal });
      bodies.push(...proxy.requests.map(({ body }) => body.toString()));
    });
  }
  const verdicts = judged(bodies);
  assert.deepEqual([...new Set(verdicts.flatMap(([, complaints]) => complaints))], []);
  const methods = new Set(verdicts.map(([method]) => method));
  for (const method of ['CloneVM_Task', 'PlaceVm', 'CreateFolder', 'Login', 'RetrievePropertiesEx', 'Destroy_Task']) {
    assert.ok(methods.has(method), method);
  }
});

it('the judge notices what a vCenter would refuse', (context) => {
  if (lacksPyvmomi(context)) return;
  const wrap = (call: string) =>
    '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<Body>${call}</Body></Envelope>`;
  const self = '<_this type="VirtualMachine">vm-1</_this><folder type="Folder">f</folder><name>n</name>';
  const clone = (spec: string) => wrap(`<CloneVM_Task xmlns="urn:vim25">${self}<spec>${spec}</spec></CloneVM_Task>`);
  const wrong = judged([
    clone('<template>false</template><location/><powerOn>true</powerOn>'),
    clone('<location/><template>false</template><powerOn>yes</powerOn>'),
    clone('<location/><powerOn>true</powerOn>'),
    clone('<location><pool type="Folder">f</pool></location><template>false</template><powerOn>true</powerOn>'),
    clone('<location/><template>false</template><powerOn>true</powerOn><colour>red</colour>'),
  ]);
  assert.deepEqual(
    wrong.map(([, [first]]) => first),
    [
      'CloneVM_Task.spec: location comes too late',
      'CloneVM_Task.spec.powerOn: yes is no boolean',
      'CloneVM_Task.spec: template is missing',
      'CloneVM_Task.spec.location.pool: Folder is no vim.ResourcePool',
      'CloneVM_Task.spec: no field colour',
    ],
  );
});
