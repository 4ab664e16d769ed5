/** Whether containerd or CRI-O and Kata's configuration are set up for peer pods. Pure: gets parsed TOML. */

import { type Check, fail, isKnown, type Observed, ok, skip, warn } from './check.ts';

export type Toml = Readonly<Record<string, unknown>>;

export interface KataFacts {
  /** Of containerd, CRI-O, with what they include; those that are there. */
  readonly runtimeFiles: readonly { readonly path: string; readonly toml: Observed<Toml> }[];
  /** Kata's own, for the remote hypervisor. */
  readonly configuration: { readonly path: string; readonly toml: Observed<Toml> };
  /** The shim's program, where the runtime names one. */
  readonly shimExists: boolean | undefined;
  readonly hypervisorSocket: string;
  readonly handler: string;
}

const area = 'kata';
const docs = 'see docs/kata-configuration.md';

export function judgeKata(facts: KataFacts): readonly Check[] {
  return [...judgeRuntimes(facts), ...judgeConfiguration(facts)];
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Toml)[key] : undefined),
    value,
  );
}

/** The tables of a handler: containerd of either version of its file, or CRI-O. */
export function runtimeOf(
  toml: Toml,
  handler: string,
): { readonly of: 'containerd' | 'crio'; readonly table: Toml } | undefined {
  const plugins = ['io.containerd.cri.v1.runtime', 'io.containerd.grpc.v1.cri'];
  for (const plugin of plugins) {
    const table = at(toml, 'plugins', plugin, 'containerd', 'runtimes', handler);
    if (table !== undefined) return { of: 'containerd', table: table as Toml };
  }
  const table = at(toml, 'crio', 'runtime', 'runtimes', handler);
  return table === undefined ? undefined : { of: 'crio', table: table as Toml };
}

/** The path of Kata's configuration as the runtime names it. */
export function configurationPathOf(files: KataFacts['runtimeFiles'], handler: string): string | undefined {
  for (const { toml } of files) {
    const runtime = isKnown(toml) ? runtimeOf(toml.value, handler) : undefined;
    if (!runtime) continue;
    const { of, table } = runtime;
    const path = of === 'containerd' ? at(table, 'options', 'ConfigPath') : table.runtime_config_path;
    if (typeof path === 'string') return path;
  }
  return undefined;
}

/** The shim as the runtime names it. */
export function shimPathOf(files: KataFacts['runtimeFiles'], handler: string): string | undefined {
  for (const { toml } of files) {
    const path = isKnown(toml) ? runtimeOf(toml.value, handler)?.table.runtime_path : undefined;
    if (typeof path === 'string') return path;
  }
  return undefined;
}

function judgeRuntimes({ runtimeFiles, handler, shimExists }: KataFacts): readonly Check[] {
  if (runtimeFiles.length === 0) {
    return [
      skip(
        area,
        'container runtime',
        "no configuration of containerd or CRI-O is seen here; --host-root names the worker's root",
      ),
    ];
  }
  const broken = runtimeFiles.flatMap(({ path, toml }) =>
    isKnown(toml) ? [] : [fail(area, 'container runtime', `${path}: ${toml.error}`, `correct the file; ${docs}`)],
  );
  const found = runtimeFiles.flatMap(({ path, toml }) => {
    const runtime = isKnown(toml) ? runtimeOf(toml.value, handler) : undefined;
    return runtime ? [{ path, ...runtime }] : [];
  });
  const last = found.at(-1); // an included file replaces what the one before said
  if (!last) {
    const names = runtimeFiles.map(({ path }) => path).join(', ');
    const mend = `install Kata's remote shim (kata-deploy), or add the runtime yourself; ${docs}`;
    return [...broken, fail(area, 'runtime', `no runtime ${handler} in ${names}`, mend)];
  }
  const shim =
    shimExists === false
      ? [
          fail(
            area,
            'shim',
            'the program that runtime_path names is not there',
            "install Kata's shim, or correct runtime_path",
          ),
        ]
      : [];
  return [...broken, ...(last.of === 'containerd' ? judgeContainerd(last) : judgeCrio(last)), ...shim];
}

interface FoundRuntime {
  readonly path: string;
  readonly table: Toml;
}

function judgeContainerd({ path, table }: FoundRuntime): readonly Check[] {
  return [
    expected(path, 'runtime_type', table.runtime_type, 'io.containerd.kata-remote.v2', (value) =>
      /^io\.containerd\.kata[\w-]*\.v2$/.test(String(value)),
    ),
    expected(path, 'privileged_without_host_devices', table.privileged_without_host_devices, true),
    globs(path, table.pod_annotations),
    present(path, 'options.ConfigPath', at(table, 'options', 'ConfigPath')),
  ];
}

function judgeCrio({ path, table }: FoundRuntime): readonly Check[] {
  return [
    expected(path, 'runtime_type', table.runtime_type, 'vm'),
    expected(path, 'privileged_without_host_devices', table.privileged_without_host_devices, true),
    expected(path, 'runtime_pull_image', table.runtime_pull_image, true),
    present(path, 'runtime_config_path', table.runtime_config_path),
  ];
}

function globs(path: string, value: unknown): Check {
  const list = Array.isArray(value) ? value.map(String) : [];
  const matches = list.some((glob) => ['io.katacontainers.*', '*', 'io.*'].includes(glob));
  return matches
    ? ok(area, 'pod_annotations', `${list.join(', ')} in ${path}`)
    : fail(
        area,
        'pod_annotations',
        `${list.length === 0 ? 'none' : list.join(', ')} in ${path}: sizes, image and initdata of pods do not arrive`,
        'pod_annotations = ["io.katacontainers.*"]; restart containerd',
      );
}

/** Names that the Go shim knows; the Rust shim has default_gpu_model, and no image. */
const annotationsNeeded = ['machine_type', 'default_memory', 'default_vcpus', 'cc_init_data'];
const annotationsUseful = ['default_gpus', 'image'];
/** A pod VM takes minutes to come up in some clouds. */
const timeoutSecondsUsual = 600;
const timeoutSecondsMin = 60;

function judgeConfiguration({ configuration, hypervisorSocket }: KataFacts): readonly Check[] {
  const { path, toml } = configuration;
  if (!isKnown(toml)) {
    const mend = `install Kata's configuration for the remote hypervisor, or name it with --kata-config; ${docs}`;
    return [
      /ENOENT/.test(toml.error)
        ? skip(area, 'configuration', `nothing is at ${path}`)
        : fail(area, 'configuration', `${path}: ${toml.error}`, mend),
    ];
  }
  const remote = at(toml.value, 'hypervisor', 'remote');
  if (remote === undefined) {
    return [fail(area, 'hypervisor.remote', `${path} has no such table: it is for another hypervisor`, docs)];
  }
  const runtime = at(toml.value, 'runtime');
  const value = (name: string) => at(runtime, name);
  return [
    expected(path, 'remote_hypervisor_socket', at(remote, 'remote_hypervisor_socket'), hypervisorSocket),
    judgeTimeout(path, at(remote, 'remote_hypervisor_timeout')),
    ...judgeAnnotations(path, at(remote, 'enable_annotations')),
    expected(path, 'disable_guest_selinux', at(remote, 'disable_guest_selinux'), true),
    expected(path, 'internetworking_model', value('internetworking_model'), 'none'),
    expected(path, 'disable_new_netns', value('disable_new_netns'), true),
    expected(path, 'disable_guest_seccomp', value('disable_guest_seccomp'), true),
    expected(path, 'static_sandbox_resource_mgmt', value('static_sandbox_resource_mgmt'), true),
    expected(path, 'sandbox_cgroup_only', value('sandbox_cgroup_only') ?? false, false),
    judgeCreateTimeout(path, value('create_container_timeout')),
  ];
}

function judgeTimeout(path: string, value: unknown): Check {
  const what = 'remote_hypervisor_timeout';
  const mend = `${what} = ${timeoutSecondsUsual}, seconds; the kubelet's runtimeRequestTimeout must be larger`;
  if (typeof value !== 'number') return warn(area, what, `not set in ${path}`, mend);
  if (value < timeoutSecondsMin) return fail(area, what, `${value} s in ${path}: shorter than a pod VM takes`, mend);
  return ok(area, what, `${value} s`);
}

function judgeCreateTimeout(path: string, value: unknown): Check {
  const what = 'create_container_timeout';
  const mend = `${what} = 60 or more: the image is pulled within it`;
  if (typeof value !== 'number') return warn(area, what, `not set in ${path}`, mend);
  return value < 60 ? warn(area, what, `${value} s in ${path}`, mend) : ok(area, what, `${value} s`);
}

function judgeAnnotations(path: string, value: unknown): readonly Check[] {
  const what = 'enable_annotations';
  const list = Array.isArray(value) ? value.map(String) : [];
  const lacks = (names: readonly string[]) => names.filter((name) => !list.includes(name) && !list.includes('.*'));
  const mend = (names: readonly string[]) => `add ${names.join(', ')} to ${what} of hypervisor.remote`;
  const needed = lacks(annotationsNeeded);
  if (needed.length > 0) {
    return [
      fail(
        area,
        what,
        `${needed.join(', ')} missing in ${path}: a pod with that annotation does not start`,
        mend(needed),
      ),
    ];
  }
  const useful = lacks(annotationsUseful);
  return useful.length > 0
    ? [
        warn(
          area,
          what,
          `${useful.join(', ')} missing in ${path}: a pod with that annotation does not start`,
          mend(useful),
        ),
      ]
    : [ok(area, what, list.join(', '))];
}

function expected(
  path: string,
  what: string,
  value: unknown,
  wanted: string | boolean,
  isFine: (value: unknown) => boolean = (one) => one === wanted,
): Check {
  if (isFine(value)) return ok(area, what, String(value));
  const seen = value === undefined ? `not set in ${path}` : `${JSON.stringify(value)} in ${path}`;
  return fail(area, what, seen, `${what} = ${JSON.stringify(wanted)}; ${docs}`);
}

function present(path: string, what: string, value: unknown): Check {
  if (typeof value === 'string' && value !== '') return ok(area, what, value);
  return fail(
    area,
    what,
    `not set in ${path}: the shim would start a local VM`,
    `${what} = the path of configuration-remote.toml; ${docs}`,
  );
}
