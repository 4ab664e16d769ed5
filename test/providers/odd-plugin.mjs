#!/usr/bin/env node
/** A plugin that misbehaves as its argument says, over the same proto; its pod VMs are in a file, as a cloud would be. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const [oddity = '', state = ''] = process.argv.slice(2);
if (oddity === 'exits') process.exit(3);
if (oddity === 'never-serves') setInterval(() => undefined, 1000);

const folder = join(import.meta.dirname, '../../proto');
const loaded = loadSync([join(folder, 'provider.proto'), join(folder, 'grpc-health.proto')], { enums: String });
const definition = grpc.loadPackageDefinition(loaded);
const once = (name) => {
  const mark = join(state, name);
  if (existsSync(mark)) return false;
  writeFileSync(mark, String(process.pid));
  return true;
};
const vms = join(state, 'vms.json');
const read = () => (existsSync(vms) ? JSON.parse(readFileSync(vms, 'utf8')) : {});

/** Seen by the test in the file of that name. */
const note = (name, text) => writeFileSync(join(state, name), text);

const provider = {
  Describe: (_call, answer) =>
    answer(null, {
      apiVersion: oddity === 'version-2' ? 2 : 1,
      name: oddity === 'bad-name' ? 'Not A Name' : 'odd',
      summary: 'odd',
      userDataBytesMax: 1000,
      capabilities: ['CATALOGUE', 'EVENTS', 'LIVE_USER_DATA', 'WARM'],
      options: [{ flag: 'odd-list', kind: 'list', help: 'words' }],
    }),
  Configure: ({ request }, answer) => {
    note('configured', JSON.stringify(request));
    answer(null, {});
  },
  Create: (call, answer) => {
    const { spec } = call.request;
    note('spec', JSON.stringify(spec));
    call.on('cancelled', () => note('cancelled', spec.sandboxId));
    if (oddity === 'crashes-before' && once('crashed')) process.kill(process.pid, 'SIGKILL');
    if (oddity === 'hangs' && once('hung')) return;
    const all = read();
    all[spec.sandboxId] ??= {
      id: `odd-${spec.sandboxId}`,
      name: spec.name,
      sandboxId: spec.sandboxId,
      owner: spec.owner,
    };
    writeFileSync(vms, JSON.stringify(all));
    if (oddity === 'crashes-after' && once('crashed')) process.kill(process.pid, 'SIGKILL');
    if (oddity === 'refuses') {
      const metadata = new grpc.Metadata();
      metadata.set('peerpods-code', 'no-capacity');
      metadata.set('peerpods-scope', 'zone');
      metadata.set('peerpods-pod-vm-id', 'odd-left');
      answer({ code: grpc.status.INTERNAL, details: 'the zone is full', metadata });
      return;
    }
    answer(null, { ...all[spec.sandboxId], state: 'running', addresses: ['192.0.2.1'] });
  },
  Delete: (_call, answer) => answer({ code: grpc.status.PERMISSION_DENIED, details: 'not yours' }),
  Get: (_call, answer) => answer(null, oddity === 'nonsense' ? { podVm: { id: 'x', state: 'flying' } } : {}),
  List: ({ request }, answer) => {
    const all = Object.values(read()).filter(({ owner }) => owner.cluster === request.owner.cluster);
    answer(null, { podVms: all.map((vm) => ({ ...vm, state: 'running', addresses: ['192.0.2.1'] })) });
  },
  Verify: (_call, answer) => answer(null, {}),
  Catalogue: (_call, answer) =>
    answer(null, { instanceTypes: [{ name: 'small', vcpus: 2, memoryMib: 4096, gpus: 0, architecture: 'x86_64' }] }),
  ReplaceUserData: ({ request }, answer) => {
    note('replaced', `${request.podVmId} ${request.userData}`);
    answer(null, {});
  },
  WatchEvents: (call) => {
    call.write({ podVmId: 'odd-1', kind: 'preempted', detail: 'in two minutes' });
    call.on('cancelled', () => note('unwatched', 'yes'));
  },
  PrepareWarm: ({ request }, answer) =>
    answer(null, {
      instances: Array.from({ length: request.count }, (_, index) => ({
        id: `warm-${index}`,
        owner: request.owner,
        state: 'creating',
        instanceType: 'small',
        addresses: [],
        createdAtMs: 5,
      })),
    }),
  ListWarm: (_call, answer) => answer(null, { instances: [] }),
  ClaimWarm: ({ request: { warmId, spec } }, answer) =>
    answer(null, { id: warmId, ...spec, state: 'running', addresses: ['192.0.2.2'] }),
};

const server = new grpc.Server();
server.addService(definition.peerpods.provider.v1.Provider.service, provider);
let checks = 0;
server.addService(definition.grpc.health.v1.Health.service, {
  Check: (_call, answer) => {
    checks += 1;
    if (oddity === 'freezes' && checks > 2 && once('frozen')) process.kill(process.pid, 'SIGSTOP');
    answer(null, { status: 'SERVING' });
  },
});
if (oddity === 'noisy') {
  process.stderr.write(`${'x'.repeat(10_000)}\n`);
  for (let line = 0; line < 5000; line += 1) process.stderr.write(`line ${line}\n`);
}
if (oddity !== 'never-serves') {
  const address = `unix:${process.env.PEERPODS_PLUGIN_SOCKET}`;
  server.bindAsync(address, grpc.ServerCredentials.createInsecure(), () => undefined);
}
process.stdin.resume().on('end', () => process.exit(0));
