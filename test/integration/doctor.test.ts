/** peerpodctl doctor on a worker that is well, and on one with each trouble planted for real. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { getLinks, netlink, query } from '@peerpods/netlink';
import { paths } from '#dev/demo/daemons.ts';
import { addPod, setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { Hypervisor } from '#dev/shim/shim.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { newSandboxId } from '../support/adaptor-scene.ts';
import { asOrdinaryUser } from '../support/namespace-command.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { runAdaptor, runRelay } from '../support/worker-daemons.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

function doctor(...args: string[]): { status: number | null; checks: Check[] } {
  const words = [main, 'doctor', '--output', 'json', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { ...process.env, HOME: '/nowhere' },
  });
  assert.equal(stderr, '');
  return { status, checks: JSON.parse(stdout).checks };
}

const of = (checks: Check[], status: Check['status']) =>
  checks.filter((check) => check.status === status).map(({ area, what }) => `${area} ${what}`);

/** A worker's root with the configurations of containerd and Kata, as kata-deploy leaves them. */
function hostRoot(context: TestContext, edit: (path: string, text: string) => string = (_, text) => text): string {
  const root = mkdtempSync(join(tmpdir(), 'host-root-'));
  context.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), edit(path, text));
  };
  write('/etc/containerd/config.toml', 'version = 3\nimports = ["conf.d/*.toml"]\n');
  write(
    '/etc/containerd/conf.d/kata.toml',
    `[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.kata-remote]
runtime_type = "io.containerd.kata-remote.v2"
runtime_path = "/opt/kata/bin/containerd-shim-kata-v2"
privileged_without_host_devices = true
pod_annotations = ["io.katacontainers.*"]
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.kata-remote.options]
ConfigPath = "/opt/kata/remote.toml"
`,
  );
  write('/opt/kata/bin/containerd-shim-kata-v2', '');
  write(
    '/opt/kata/remote.toml',
    `[hypervisor.remote]
remote_hypervisor_socket = "/run/peerpod/hypervisor.sock"
remote_hypervisor_timeout = 600
enable_annotations = ["machine_type", "default_memory", "default_vcpus", "image", "default_gpus", "cc_init_data"]
disable_guest_selinux = true
[runtime]
internetworking_model = "none"
disable_new_netns = true
disable_guest_seccomp = true
static_sandbox_resource_mgmt = true
create_container_timeout = 60
`,
  );
  return root;
}

if (insideOwnNamespaces(import.meta.filename)) {
  test('a worker with a running pod is found well, and nothing is left of looking', async (t) => {
    await setUpWorkerNode();
    await using relay = await runRelay();
    await using adaptor = await runAdaptor();
    const pod = await addPod(0);
    const id = newSandboxId();
    const shim = new Hypervisor(paths.hypervisorSocket);
    await shim.createVm({ id, podName: pod.name, podNamespace: 'shop', netnsPath: pod.netnsPath });
    await shim.startVm(id);
    const linksBefore = (await query(netlink, undefined, getLinks())).map(({ name }) => name);
    const { status, checks } = doctor('--host-root', hostRoot(t));
    assert.deepEqual(of(checks, 'fail'), []);
    assert.equal(status, 0);
    const well = of(checks, 'ok');
    const expected = ['kernel vxlan', 'kernel nf_tables', 'daemons agent-relay', 'daemons findings', 'sockets relay'];
    expected.push(
      'sockets hypervisor',
      'provider settings',
      'ports forwarder, TCP 15150',
      'kata remote_hypervisor_socket',
    );
    expected.push('kata pod_annotations', 'credentials state directory', 'host disk, pods directory');
    for (const what of expected) assert.ok(well.includes(what), `${what} among ${well.join('; ')}`);
    assert.deepEqual(
      (await query(netlink, undefined, getLinks())).map(({ name }) => name),
      linksBefore,
    );
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith('peerpodctl-doctor')),
      [],
    );
    await shim.stopVm(id);
    void [relay, adaptor];
  });

  test('each trouble that is planted is found by its own check, and exit code 1 says so', async (t) => {
    await using relay = await runRelay();
    await using adaptor = await runAdaptor();
    const modes = new Map([paths.adaptorSocket, paths.stateDir].map((path) => [path, statSync(path).mode & 0o777]));
    chmodSync(paths.adaptorSocket, 0o666);
    chmodSync(paths.stateDir, 0o755);
    const squatter = createSocket('udp4');
    t.after(() => squatter.close());
    await new Promise<void>((resolve) => squatter.bind(4789, '0.0.0.0', resolve));
    const spoilt = hostRoot(t, (path, text) =>
      path.endsWith('remote.toml') ? text.replace('"cc_init_data"', '"none"').replace('disable_new_netns', '#') : text,
    );
    const { status, checks } = doctor('--host-root', spoilt);
    assert.equal(status, 1);
    assert.deepEqual(of(checks, 'fail'), [
      'sockets adaptor',
      'credentials state directory',
      'ports VXLAN, UDP 4789',
      'kata enable_annotations',
      'kata disable_new_netns',
    ]);
    assert.match(
      checks.find(({ area }) => area === 'ports')?.seen ?? '',
      /taken by (node|MainThread).* \(process \d+\)/,
    );
    for (const [path, mode] of modes) chmodSync(path, mode);
    void [relay, adaptor];
  });

  test('without daemons it says what to start, and tries the kernel all the same', () => {
    const { status, checks } = doctor();
    assert.equal(status, 1);
    assert.ok(of(checks, 'ok').includes('kernel vxlan'));
    assert.ok(['daemons cloud-api-adaptor', 'daemons agent-relay'].every((what) => of(checks, 'fail').includes(what)));
  });

  test('an ordinary user is told that it takes root, once', () => {
    const [command = '', ...args] = asOrdinaryUser('src/cli/main.ts', ['doctor', '--output', 'json']);
    const { stdout, stderr } = spawnSync(command, args, {
      encoding: 'utf8',
      env: { ...process.env, HOME: '/nowhere' },
    });
    assert.equal(stderr, '');
    const { checks } = JSON.parse(stdout) as { checks: Check[] };
    const kernel = checks.filter(({ area }) => area === 'kernel');
    assert.deepEqual(
      kernel.map(({ status }) => status),
      ['fail', 'skip', 'skip', 'skip', 'skip'],
    );
    assert.match(kernel[0]?.mend ?? '', /run as root/);
  });

  test('a broken cluster address is a failure where one was asked for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
    const path = join(folder, 'config');
    const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:1' } };
    const context = { name: 'x', context: { cluster: 'c', user: 'u' } };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      contexts: [context],
      users: [{ name: 'u', user: {} }],
      'current-context': 'x',
    };
    writeFileSync(path, JSON.stringify(config));
    const { checks } = doctor('--kubeconfig', path);
    rmSync(folder, { recursive: true });
    const found = checks.filter(({ area }) => area === 'kubernetes');
    assert.ok(
      found.some(({ status }) => status === 'fail'),
      JSON.stringify(found),
    );
  });
}
