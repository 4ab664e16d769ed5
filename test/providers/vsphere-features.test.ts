/** Provider vsphere feature by feature over the wire: what it sends, and what vcsim then holds. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { specOf } from '../../providers/contract/conformance.ts';
import { FaultProxy } from './fault-proxy.ts';
import { lacksVcsim, type SimulatedVm, Vcsim } from './vcsim.ts';
import {
  fixedPlaces,
  inVsphereScene,
  methodOf,
  openVsphere,
  owner,
  signal,
  soapFault,
  vcsim,
  vsphereValues,
} from './vsphere-scene.ts';

const cloned = async (simulator: Vcsim, id: string): Promise<SimulatedVm> => {
  const found = (await simulator.vms()).find(({ instanceUuid }) => instanceUuid === id);
  assert.ok(found, `vcsim has a VM ${id}`);
  return found;
};

describe('a clone', () => {
  it('has the size, the user-data and the marks of its pod from its first moment on', async (context) => {
    await inVsphereScene(context, undefined, async ({ provider, simulator, sent }) => {
      const spec = {
        ...specOf(owner),
        podName: 'a <b> & "c"',
        sizing: { vcpus: 2.5, memoryMiB: 3001 },
        userData: '#cloud-config\n# ü & <x> ]]>\n',
      };
      const podVm = await provider.create(spec, { signal });
      const { name, cpus, memoryMB, power, extra } = await cloned(simulator, podVm.id);
      assert.deepEqual([cpus, memoryMB, power], [3, 3004, 'poweredOn']);
      assert.match(name, new RegExp(`^${spec.name}-[0-9a-f]{8}$`));
      assert.equal(Buffer.from(extra['guestinfo.userdata'] ?? '', 'base64').toString(), spec.userData);
      assert.equal(extra['guestinfo.userdata.encoding'], 'base64');
      assert.deepEqual(
        ['cluster', 'node', 'sandbox', 'pod', 'namespace', 'name'].map((key) => extra[`peerpods-${key}`]),
        [owner.cluster, owner.node, spec.sandboxId, spec.podName, spec.podNamespace, spec.name],
      );
      assert.equal(sent('PlaceVm').length, 1);
      // DRS is not shown what is secret.
      assert.ok(sent('PlaceVm').every((body) => !body.includes(extra['guestinfo.userdata'] ?? '-')));
    });
  });

  it('keeps the size of its template where the pod asks for none', async (context) => {
    await inVsphereScene(context, undefined, async ({ provider, simulator }) => {
      const template = (await simulator.vms()).find((vm) => vm.template);
      const { id } = await provider.create(specOf(owner), { signal });
      const { cpus, memoryMB } = await cloned(simulator, id);
      assert.deepEqual([cpus, memoryMB], [template?.cpus, template?.memoryMB]);
    });
  });

  it('goes to the next place when one is full, leaves nothing there, and the full one is remembered', async (context) => {
    await inVsphereScene(context, fixedPlaces, async ({ provider, simulator, proxy, sent }) => {
      const refusal = soapFault('NoDiskSpace', '<file>a</file><datastore>full</datastore>');
      proxy.inject({ when: (request) => methodOf(request) === 'CloneVM_Task', fault: refusal });
      await provider.create(specOf(owner), { signal });
      await provider.create(specOf(owner), { signal });
      const places = sent('CloneVM_Task').map((body) =>
        [/<host [^>]*>([^<]*)/.exec(body)?.[1], /<datastore [^>]*>([^<]*)/.exec(body)?.[1]].join('/'),
      );
      assert.equal(places.length, 3);
      assert.notEqual(places[0], places[1]);
      assert.equal(places[1], places[2], 'the full place is not asked again');
      assert.equal((await simulator.vms()).filter(({ name }) => name.startsWith('podvm-conf')).length, 2);
    });
  });

  it('is linked to the snapshot of its template, under a storage policy, when the settings say so', async (context) => {
    const more = [...fixedPlaces, '-linked-clone', '-storage-policy=11111111-2222-3333-4444-555555555555'];
    await inVsphereScene(context, more, async ({ provider, sent }) => {
      await provider.create(specOf(owner), { signal });
      const [body = ''] = sent('CloneVM_Task');
      assert.match(body, /<diskMoveType>createNewChildDiskBacking<\/diskMoveType>/);
      assert.match(body, /<snapshot type="VirtualMachineSnapshot">/);
      assert.match(body, /<profileId>11111111-2222-3333-4444-555555555555<\/profileId>/);
    });
  });

  it('can be of a template that the pod names, by its path', async (context) => {
    await inVsphereScene(context, undefined, async ({ provider }) => {
      const named = { ...specOf(owner), image: '/DC0/vm/podvm-template' };
      assert.ok((await provider.create(named, { signal })).addresses.length > 0);
      const missing = { code: 'invalid-configuration', message: /-template: nothing fitting at \/DC0\/vm\/none/ };
      await assert.rejects(provider.create({ ...specOf(owner), image: 'none' }, { signal }), missing);
    });
  });

  it('is refused for what it cannot bring, before any call', async (context) => {
    await inVsphereScene(context, undefined, async ({ provider, proxy }) => {
      const refused = { code: 'invalid-configuration' };
      await assert.rejects(provider.create({ ...specOf(owner), volumes: ['d'] }, { signal }), refused);
      await assert.rejects(provider.create({ ...specOf(owner), sizing: { gpus: 1 } }, { signal }), refused);
      assert.equal(proxy.requests.length, 0);
    });
  });
});

describe('a session', () => {
  it('that the vCenter ended is renewed once for all calls, and closed at the end', async (context) => {
    await inVsphereScene(context, undefined, async ({ provider, simulator, sent, reopen }) => {
      await provider.verify({ signal });
      assert.equal(sent('Login').length, 1);
      assert.equal(await simulator.endSessions('peerpods'), 1);
      const made = await Promise.all([1, 2, 3, 4].map(() => provider.create(specOf(owner), { signal })));
      assert.equal(new Set(made.map(({ id }) => id)).size, 4);
      assert.equal(sent('Login').length, 2);
      const second = await reopen();
      await second.list(owner, { signal });
      const open = async () => (await simulator.sessions()).filter((agent) => agent === 'peerpods').length;
      const before = await open();
      await second.close();
      assert.equal(await open(), before - 1);
    });
  });

  it('with a wrong password is refused, without a word of the password', async (context) => {
    if (lacksVcsim(context)) return;
    const simulator = await vcsim();
    const { provider, dispose } = await openVsphere(
      vsphereValues(simulator.url, ['-drs=true', '-cluster=DC0_C0', '-password=hunter2']),
    );
    context.after(async () => {
      await provider.close();
      dispose();
    });
    await assert.rejects(provider.list(owner, { signal }), (error) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'auth');
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /hunter2/);
      return true;
    });
  });
});

describe('what others do', () => {
  it('a folder that two workers make at once is made once', async (context) => {
    const more = ['-drs=true', '-cluster=DC0_C0', `-deploy-folder=raced/${process.pid}/deep`];
    await inVsphereScene(context, more, async ({ provider, reopen, sent }) => {
      const other = await reopen();
      const made = await Promise.all([provider, other].map((one) => one.create(specOf(owner), { signal })));
      assert.equal(new Set(made.map(({ id }) => id)).size, 2);
      assert.ok(sent('CreateFolder').length >= 3);
    });
  });

  it('two adaptors that create the same sandbox get one VM', async (context) => {
    await inVsphereScene(context, undefined, async ({ provider, reopen, simulator }) => {
      const other = await reopen();
      const spec = specOf(owner);
      const made = await Promise.all([provider, other].map((one) => one.create(spec, { signal })));
      assert.equal(made[0]?.id, made[1]?.id);
      assert.equal(
        (await simulator.vms()).filter(({ extra }) => extra['peerpods-sandbox'] === spec.sandboxId).length,
        1,
      );
    });
  });

  it('VMs that are not ours are neither listed nor deleted', async (context) => {
    await inVsphereScene(context, undefined, async ({ provider, simulator }) => {
      const foreign = (await simulator.vms()).find(({ template, name }) => !template && !name.startsWith('podvm-'));
      assert.ok(foreign);
      assert.equal(await provider.get(foreign.instanceUuid, { signal }), undefined);
      const refused = { code: 'invalid-configuration', message: /not a pod VM/ };
      await assert.rejects(provider.delete(foreign.instanceUuid, { signal }), refused);
      assert.ok((await simulator.vms()).some(({ ref }) => ref === foreign.ref));
    });
  });
});

describe('a slow vCenter', () => {
  it('that asks to be left alone for a second is, and is asked again', async (context) => {
    if (lacksVcsim(context)) return;
    const simulator = await vcsim();
    const proxy = await FaultProxy.open({ target: simulator.url });
    const { provider, dispose } = await openVsphere(vsphereValues(proxy.url));
    context.after(async () => {
      await provider.close();
      dispose();
      await proxy.close();
    });
    const fault = { kind: 'answer', status: 503, headers: { 'retry-after': '1' } } as const;
    proxy.inject({ when: () => true, times: 2, fault });
    const startedAt = performance.now();
    assert.deepEqual(await provider.list(owner, { signal }), []);
    assert.ok(performance.now() - startedAt >= 1900);
  });

  it('a clone that nobody waits for any more is not lost: its end is awaited, deleted or adopted', async (context) => {
    if (lacksVcsim(context)) return;
    const simulator = await Vcsim.open(['-clone-delay=1500']);
    const { provider, dispose } = await openVsphere(vsphereValues(simulator.url));
    context.after(async () => {
      await provider.close();
      dispose();
      await simulator.close();
    });
    const spec = specOf(owner);
    const leave = new AbortController();
    const left = provider.create(spec, { signal: leave.signal });
    setTimeout(() => leave.abort(), 700);
    await assert.rejects(left, { code: 'aborted' });
    const podVm = await provider.create(spec, { signal });
    assert.deepEqual(
      (await provider.list(owner, { signal })).map(({ id }) => id),
      [podVm.id],
    );
    const other = specOf(owner);
    const creating = provider.create(other, { signal }).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const { id } = await provider.create(other, { signal });
    await creating;
    while ((await provider.delete(id, { signal })) !== 'gone') await new Promise((resolve) => setTimeout(resolve, 100));
    while ((await provider.delete(podVm.id, { signal })) !== 'gone')
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(await simulator.residue(), []);
  });

  it('guests without an address are waited for', async (context) => {
    await inVsphereScene(context, undefined, async ({ provider, simulator }) => {
      await simulator.silence(true);
      const spec = specOf(owner);
      let settled = false;
      const creating = provider.create(spec, { signal }).finally(() => {
        settled = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(settled, false);
      const [listed] = await provider.list(owner, { signal });
      assert.deepEqual([listed?.state, listed?.addresses], ['creating', []]);
      await simulator.silence(false);
      assert.equal((await creating).state, 'running');
    });
  });
});
