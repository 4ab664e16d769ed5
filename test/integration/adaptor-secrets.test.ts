/** A whole pod life with planted canaries: no key, policy or payload in a log, an argument, or a file others can read. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import { grpc } from '#codec/gen/agent.js';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { parseUserData } from '#codec/user-data.ts';
import { paths } from '#dev/demo/daemons.ts';
import { addPod, removePod } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { ensureWorkerNode, newSandboxId, Scene, until } from '../support/adaptor-scene.ts';
import { forwarderConfigOf } from '../support/fake-cloud.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { runAdaptor, runRelay } from '../support/worker-daemons.ts';

const canaries = {
  initdata: 'canary-of-initdata',
  policy: 'canary-of-policy',
  environment: 'canary-of-a-container',
  output: 'canary-of-output',
  credential: 'canary-of-a-cloud-credential',
};

/** The parts of a PEM text that would give it away. */
const keyLines = (pem: string) => pem.split('\n').filter((line) => line.length > 40 && !line.startsWith('-----'));

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** A namespace bound to a file is no file; see statfs(2). */
const nsfs = 0x6e736673;

function entriesBelow(folder: string): Entry[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat || statfsSync(path).type === nsfs) return [];
    const own = { path, mode: stat.mode & 0o777, text: entry.isFile() ? readFileSync(path, 'latin1') : '' };
    return entry.isDirectory() ? [own, ...entriesBelow(path)] : [own];
  });
}

function processes(): { pid: number; command: string; environment: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string) => readFileSync(join('/proc', name, file), 'latin1').replaceAll('\0', ' ');
        return [{ pid: Number(name), command: read('cmdline'), environment: read('environ') }];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

const initdata = `algorithm = "sha256"\nversion = "0.1.0"\n\n[data]\n"policy.rego" = "${canaries.initdata}"\n`;

/** What a shim sends that is nobody's business. */
async function livePrivately(shimSocket: string, agentSocket: string, id: string): Promise<void> {
  await using agent = await Agent.dial(agentSocket);
  await using raw = new TtrpcClient(await dialUnix(agentSocket), { clock: systemClock });
  const policy = grpc.SetPolicyRequest.encode({ policy: canaries.policy }).finish();
  await raw.call('grpc.AgentService', 'SetPolicy', policy);
  await agent.createSandbox('web', id);
  const container = `${id.slice(0, 56)}-web`;
  const script = `echo ${canaries.output}; sleep 60`;
  await agent.createContainer(container, ['/bin/sh', '-c', script], [`TOKEN=${canaries.environment}`]);
  await agent.startContainer(container);
  const seen = await agent.readStdout({ containerId: container, execId: container });
  assert.ok(Buffer.from(seen).toString().includes(canaries.output));
  await agent.signal({ containerId: container, execId: container }, 9);
  await agent.waitProcess({ containerId: container, execId: container });
  await agent.removeContainer(container);
  await agent.destroySandbox();
  await new Hypervisor(shimSocket).stopVm(id);
}

function createRequest(id: string, netnsPath: string): Uint8Array {
  const annotations = {
    'io.kubernetes.cri.sandbox-name': 'web',
    'io.kubernetes.cri.sandbox-namespace': 'shop',
    'io.katacontainers.config.hypervisor.cc_init_data': initdata,
  };
  return hypervisor.CreateVMRequest.encode({ id, annotations, networkNamespacePath: netnsPath }).finish();
}

/** User-data as the pod VM of the local provider found it, through the eyes of one of its processes. */
function userDataInVm(): { text: string; root: string } {
  for (const { pid, command } of processes()) {
    if (!command.includes('daemons/forwarder/main.ts') || command.startsWith('/bin/sh')) continue;
    const root = `/proc/${pid}/root`;
    try {
      return { text: readFileSync(join(root, 'media/cidata/user-data'), 'utf8'), root };
    } catch {
      // another mount namespace: not the VM's
    }
  }
  throw new Error('no forwarder in a pod VM');
}

if (insideOwnNamespaces(import.meta.filename)) {
  test('with real daemons and a real pod VM, every secret stays where it belongs', async (t) => {
    await ensureWorkerNode();
    const pod = await addPod(0);
    t.after(async () => assert.deepEqual(await removePod(pod), []));
    await using _relay = await runRelay();
    await using _adaptor = await runAdaptor({ FAKE_CLOUD_SECRET: canaries.credential });
    const id = newSandboxId();
    await using client = new TtrpcClient(await dialUnix(paths.hypervisorSocket), { clock: systemClock });
    await client.call('hypervisor.Hypervisor', 'CreateVM', createRequest(id, pod.netnsPath));
    await new Hypervisor(paths.hypervisorSocket).startVm(id);

    const { text, root } = userDataInVm();
    const serverKey = forwarderConfigOf(text).tlsServerKey?.reveal() ?? '';
    const clientKey = readFileSync(join(paths.podsDir, id, 'tls/client.key'), 'utf8');
    assert.ok(parseUserData(text).some(({ path }) => path === '/run/peerpod/initdata'));
    const secrets = [...Object.values(canaries), ...keyLines(serverKey), ...keyLines(clientKey)];
    assert.ok(keyLines(serverKey).length > 0 && keyLines(clientKey).length > 0, 'the test knows the keys');

    const worker = ['/run/peerpod', paths.stateDir].flatMap(entriesBelow);
    const open = worker
      .filter(({ mode }) => (mode & 0o077) !== 0)
      .map(({ path, mode }) => `${mode.toString(8)} ${path}`);
    assert.deepEqual(open, [], 'files, folders and sockets are for their owner only');
    const keyed = worker.filter(({ text }) => text.includes('PRIVATE KEY')).map(({ path }) => path);
    assert.deepEqual(keyed, [join(paths.podsDir, id, 'tls/client.key')], 'the only key on the worker');
    const inVm = ['run/peerpod', 'media'].flatMap((folder) => entriesBelow(join(root, folder)));
    const readable = inVm.filter(({ mode, text }) => (mode & 0o077) !== 0 && text.includes('PRIVATE KEY'));
    assert.deepEqual(
      readable.map(({ path }) => path),
      [],
      'keys in the pod VM are for its root only',
    );

    const agentSocket = join(paths.podsDir, id, 'agent.ttrpc');
    const running = processes();
    await livePrivately(paths.hypervisorSocket, agentSocket, id);
    await until(() => readdirSync(join(paths.stateDir, 'sandboxes')).length === 0, 'the record to go');

    for (const { pid, command, environment } of running) {
      for (const secret of secrets) {
        assert.ok(!command.includes(secret), `arguments of ${pid} hold ${secret}`);
        const ownCredential = secret === canaries.credential && /daemons\/adaptor\/main\.ts/.test(command);
        assert.ok(ownCredential || !environment.includes(secret), `environment of ${pid} ${command} holds ${secret}`);
      }
    }
    const logs = readdirSync(paths.logs).map((name) => readFileSync(join(paths.logs, name), 'utf8'));
    assert.ok(logs.length === 2 && logs.some((log) => log.includes(id)), 'the daemons spoke of this sandbox');
    for (const secret of [...secrets, 'PRIVATE KEY', 'write_files']) {
      assert.ok(!logs.some((log) => log.includes(secret)), `a log holds ${secret}`);
    }
    const left = ['/run/peerpod', paths.stateDir].flatMap(entriesBelow);
    const kept = left.filter(({ text }) => [...secrets, 'PRIVATE KEY'].some((secret) => text.includes(secret)));
    assert.deepEqual(
      kept.map(({ path }) => path),
      [],
      'nothing of it stays',
    );
  });

  test('a cloud that can, forgets the user-data once the pod VM has booted', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    scene.cloud.boots = false;
    const starting = scene.shim.startVm(pod.id);
    const stored = () => [...scene.cloud.storedUserData.values()];
    await until(() => stored().length === 1, 'the pod VM');
    assert.match(stored()[0] ?? '', /PRIVATE KEY/, 'the VM that boots needs it');
    await scene.cloud.bootAll();
    await starting;
    await until(() => !stored()[0]?.includes('PRIVATE KEY'), 'the cloud to forget');
    await scene.shim.stopVm(pod.id);
  });

  test('an SDK that quotes its request in errors gives nothing away, to the log or to the shim', async (t) => {
    const scene = await Scene.start(t);
    const pod = await scene.addPod();
    await scene.shim.createVm(pod);
    let userData = '';
    scene.cloud.hold = async (operation) => {
      if (operation !== 'create') return;
      userData = scene.cloud.specs.get(pod.id)?.userData ?? '';
      const encoded = Buffer.from(userData).toString('base64');
      const cause = Object.assign(new Error(`bad request: ${userData}`), { request: { UserData: encoded } });
      throw new ProviderError('transient', `refused: {"UserData":"${encoded}"}`, { cause });
    };
    const failure = await scene.shim.startVm(pod.id).then(
      () => new Error('it started'),
      (error: Error) => error,
    );
    assert.match(failure.message, /E_POD_VM_CREATE/);
    assert.deepEqual(await scene.leftoversAfterSettling(), []);
    const key = forwarderConfigOf(userData).tlsServerKey?.reveal() ?? '';
    const encodedPart = Buffer.from(userData).toString('base64').slice(100, 160);
    for (const secret of [...keyLines(key), encodedPart, 'PRIVATE KEY']) {
      assert.ok(secret.length > 0 && !scene.log.includes(secret), `the log holds ${secret}`);
      assert.ok(!failure.message.includes(secret), `the answer holds ${secret}`);
    }
  });
}
