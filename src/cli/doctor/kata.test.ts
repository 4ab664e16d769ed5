import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { configurationPathOf, judgeKata, type KataFacts, shimPathOf, type Toml } from './kata.ts';

const containerd = `
version = 3
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.kata-remote]
runtime_type = "io.containerd.kata-remote.v2"
runtime_path = "/opt/kata/bin/containerd-shim-kata-v2"
privileged_without_host_devices = true
pod_annotations = ["io.katacontainers.*"]
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.kata-remote.options]
ConfigPath = "/opt/kata/remote.toml"
`;
const crio = `
[crio.runtime.runtimes.kata-remote]
runtime_path = "/usr/bin/containerd-shim-kata-v2"
runtime_type = "vm"
runtime_config_path = "/etc/kata/remote.toml"
privileged_without_host_devices = true
runtime_pull_image = true
`;
const kata = `
[hypervisor.remote]
remote_hypervisor_socket = "/run/peerpod/hypervisor.sock"
remote_hypervisor_timeout = 600
enable_annotations = ["machine_type", "default_memory", "default_vcpus", "image", "default_gpus", "gpu_model", "cc_init_data"]
disable_guest_selinux = true
[runtime]
internetworking_model = "none"
disable_new_netns = true
disable_guest_seccomp = true
static_sandbox_resource_mgmt = true
sandbox_cgroup_only = false
create_container_timeout = 60
`;

function facts(runtime: string, configuration = kata): KataFacts {
  const file = (path: string, text: string) => ({ path, toml: { value: parse(text) as Toml } });
  return {
    runtimeFiles: [file('/etc/containerd/config.toml', runtime)],
    configuration: file('/opt/kata/remote.toml', configuration),
    shimExists: true,
    hypervisorSocket: '/run/peerpod/hypervisor.sock',
    handler: 'kata-remote',
  };
}

const troubles = (one: KataFacts) =>
  judgeKata(one)
    .filter(({ status }) => status !== 'ok')
    .map(({ what, status }) => `${status} ${what}`);

test('containerd of both versions of its file, and CRI-O, set up as needed, are fine', () => {
  assert.deepEqual(troubles(facts(containerd)), []);
  const version2 = containerd.replaceAll('io.containerd.cri.v1.runtime', 'io.containerd.grpc.v1.cri');
  assert.deepEqual(troubles(facts(version2)), []);
  assert.deepEqual(troubles(facts(crio)), []);
});

test('the paths of configuration and shim are those that the runtime names', () => {
  assert.equal(configurationPathOf(facts(containerd).runtimeFiles, 'kata-remote'), '/opt/kata/remote.toml');
  assert.equal(configurationPathOf(facts(crio).runtimeFiles, 'kata-remote'), '/etc/kata/remote.toml');
  assert.equal(configurationPathOf(facts(crio).runtimeFiles, 'other'), undefined);
  assert.equal(shimPathOf(facts(crio).runtimeFiles, 'kata-remote'), '/usr/bin/containerd-shim-kata-v2');
});

/** Each value that is needed, made wrong or taken away, and what is said then. */
const spoilt: readonly (readonly [where: 'containerd' | 'crio' | 'kata', from: string, to: string, says: string])[] = [
  ['containerd', 'io.containerd.kata-remote.v2', 'io.containerd.runc.v2', 'fail runtime_type'],
  ['containerd', 'privileged_without_host_devices = true', '', 'fail privileged_without_host_devices'],
  ['containerd', 'pod_annotations = ["io.katacontainers.*"]', '', 'fail pod_annotations'],
  ['containerd', 'ConfigPath = "/opt/kata/remote.toml"', '', 'fail options.ConfigPath'],
  ['containerd', 'runtimes.kata-remote', 'runtimes.kata', 'fail runtime'],
  ['crio', 'runtime_type = "vm"', 'runtime_type = "oci"', 'fail runtime_type'],
  ['crio', 'runtime_pull_image = true', '', 'fail runtime_pull_image'],
  ['crio', 'runtime_config_path = "/etc/kata/remote.toml"', '', 'fail runtime_config_path'],
  ['kata', '/run/peerpod/hypervisor.sock', '/run/other.sock', 'fail remote_hypervisor_socket'],
  ['kata', 'remote_hypervisor_timeout = 600', 'remote_hypervisor_timeout = 5', 'fail remote_hypervisor_timeout'],
  ['kata', 'remote_hypervisor_timeout = 600', '', 'warn remote_hypervisor_timeout'],
  ['kata', '"cc_init_data"', '"none"', 'fail enable_annotations'],
  ['kata', '"image", ', '', 'warn enable_annotations'],
  ['kata', 'disable_guest_selinux = true', 'disable_guest_selinux = false', 'fail disable_guest_selinux'],
  ['kata', 'internetworking_model = "none"', 'internetworking_model = "tcfilter"', 'fail internetworking_model'],
  ['kata', 'disable_new_netns = true', '', 'fail disable_new_netns'],
  ['kata', 'disable_guest_seccomp = true', '', 'fail disable_guest_seccomp'],
  ['kata', 'static_sandbox_resource_mgmt = true', '', 'fail static_sandbox_resource_mgmt'],
  ['kata', 'sandbox_cgroup_only = false', 'sandbox_cgroup_only = true', 'fail sandbox_cgroup_only'],
  ['kata', 'create_container_timeout = 60', 'create_container_timeout = 10', 'warn create_container_timeout'],
  ['kata', '[hypervisor.remote]', '[hypervisor.qemu]', 'fail hypervisor.remote'],
];

for (const [where, from, to, says] of spoilt) {
  test(`${where}: ${from} ${to === '' ? 'missing' : `as ${to}`}: ${says}`, () => {
    const runtime = where === 'crio' ? crio : containerd;
    const spoil = (text: string) => text.replaceAll(from, to);
    const found = where === 'kata' ? facts(runtime, spoil(kata)) : facts(spoil(runtime));
    assert.deepEqual(troubles(found), [says]);
    assert.ok(judgeKata(found).every(({ status, mend }) => status === 'ok' || (mend ?? '').length > 10));
  });
}

test('a file that does not parse, a shim that is not there, and a worker without a runtime', () => {
  const broken: KataFacts = {
    ...facts(containerd),
    runtimeFiles: [...facts(containerd).runtimeFiles, { path: '/etc/x.toml', toml: { error: 'Invalid TOML' } }],
    shimExists: false,
  };
  assert.deepEqual(troubles(broken), ['fail container runtime', 'fail shim']);
  const bare = {
    ...facts(containerd),
    runtimeFiles: [],
    configuration: { path: '/k', toml: { error: 'ENOENT: no such file' } },
  };
  assert.deepEqual(troubles(bare), ['skip container runtime', 'skip configuration']);
});
