/** The settings of libvirt pod VMs: names, variables and defaults as existing deployments know them, and a few more. */

import { OptionReader, type OptionSpec, type OptionValues, ProviderError } from '@peerpods/provider';

export interface LibvirtSettings {
  readonly uri: string;
  readonly pool: string;
  readonly network: string;
  /** The volume that root disks are layers over. */
  readonly baseVolume: string;
  readonly launchSecurity: 's390-pv' | undefined;
  /** Path on the host; undefined: BIOS. */
  readonly firmware: string | undefined;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly cpuset: string | undefined;
  readonly rootDiskGiB: number;
  /** Undefined: kvm where the host offers it. */
  readonly domainType: string | undefined;
}

const text = (flag: string, env: string | undefined, help: string, value?: string): OptionSpec => ({
  flag,
  ...(env !== undefined && { env }),
  kind: 'string',
  help,
  ...(value !== undefined && { default: value }),
});
const amount = (flag: string, env: string, value: string, min: number, max: number, help: string): OptionSpec => ({
  ...{ flag, env, kind: 'integer', default: value, min, max, help },
});

const cpusetPattern = /^(\d+(-\d+)?)(,\d+(-\d+)?)*$/;

export const libvirtOptions: readonly OptionSpec[] = [
  text('uri', 'LIBVIRT_URI', 'where libvirt is', 'qemu+ssh://root@192.168.122.1/system?no_verify=1'),
  text('pool-name', 'LIBVIRT_POOL', 'storage pool of base and root disks', 'default'),
  text('network-name', 'LIBVIRT_NET', 'network of the pod VMs, with DHCP', 'default'),
  text('vol-name', 'LIBVIRT_VOL_NAME', 'base volume; a pod may name another one', 'podvm-base.qcow2'),
  {
    ...text(
      'launch-security',
      'LIBVIRT_LAUNCH_SECURITY',
      's390-pv, or empty: what the host has, with -disable-cvm=false',
    ),
    choices: ['', 's390-pv'],
  },
  text('firmware', 'LIBVIRT_EFI_FIRMWARE', 'EFI firmware on the host; empty: BIOS', '/usr/share/OVMF/OVMF_CODE_4M.fd'),
  amount('cpu', 'LIBVIRT_CPU', '2', 1, 512, 'vCPUs of a pod VM that asks for none'),
  amount('memory', 'LIBVIRT_MEMORY', '8192', 64, 16 * 1024 * 1024, 'memory in MiB of a pod VM that asks for none'),
  text('cpuset', 'LIBVIRT_CPUSET', "the host's processors for pod VMs, as 0-3,8"),
  amount(
    'root-disk-size',
    'LIBVIRT_ROOT_DISK_SIZE',
    '10',
    0,
    1024 * 1024,
    'root disk in GiB, 0: 10; never below the base',
  ),
  text('data-dir', undefined, 'accepted for compatibility, without effect', '/var/lib/libvirt/images'),
  {
    flag: 'disable-cvm',
    env: 'DISABLECVM',
    kind: 'boolean',
    default: 'true',
    help: 'no confidential VMs, whatever the host has',
  },
  text('libvirt-domain-type', 'LIBVIRT_DOMAIN_TYPE', 'kvm or qemu (emulation); absent: kvm where the host offers it'),
];

export function readLibvirtSettings(values: OptionValues): LibvirtSettings {
  const read = new OptionReader(values);
  const cpuset = read.text('cpuset');
  if (cpuset !== undefined && !cpusetPattern.test(cpuset)) {
    throw new ProviderError('invalid-configuration', `cpuset ${JSON.stringify(cpuset)} is not a list as 0-3,8`);
  }
  const security = read.text('launch-security');
  if (security !== undefined && security !== 's390-pv') {
    throw new ProviderError('invalid-configuration', `launch-security ${security}: only s390-pv is known`);
  }
  return {
    uri: required(read, 'uri'),
    pool: required(read, 'pool-name'),
    network: required(read, 'network-name'),
    baseVolume: required(read, 'vol-name'),
    launchSecurity: read.flag('disable-cvm') ? undefined : security,
    firmware: read.text('firmware'),
    vcpus: read.number('cpu') ?? 2,
    memoryMiB: read.number('memory') ?? 8192,
    cpuset,
    rootDiskGiB: read.number('root-disk-size') || 10,
    domainType: read.text('libvirt-domain-type'),
  };
}

function required(read: OptionReader, flag: string): string {
  const value = read.text(flag);
  if (value === undefined) throw new ProviderError('invalid-configuration', `libvirt needs -${flag}`);
  return value;
}
