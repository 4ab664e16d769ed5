/** The settings of provider vsphere: names, variables and defaults as existing deployments know them, and a few more. */

import { readFileSync } from 'node:fs';
import { OptionReader, type OptionSpec, type OptionValues, ProviderError } from '@peerpods/provider';
import type { TrustSettings } from './transport.ts';

export const options: readonly OptionSpec[] = [
  { flag: 'vcenter-url', env: 'GOVC_URL', kind: 'string', help: 'URL of the vCenter (required)' },
  { flag: 'user-name', env: 'GOVC_USERNAME', kind: 'string', secret: true, help: 'who logs in (required)' },
  { flag: 'password', env: 'GOVC_PASSWORD', kind: 'string', secret: true, help: 'with what (required)' },
  {
    flag: 'thumbprint',
    env: 'GOVC_THUMBPRINT',
    kind: 'string',
    secret: true,
    help: "SHA-256 or SHA-1 of the vCenter's certificate: it is trusted, and no other",
  },
  {
    flag: 'vcenter-ca-file',
    env: 'GOVC_TLS_CA_CERTS',
    kind: 'string',
    help: "PEM file of the authority that signed the vCenter's certificate",
  },
  {
    flag: 'vcenter-insecure',
    env: 'GOVC_INSECURE',
    kind: 'boolean',
    default: 'false',
    help: "do not check the vCenter's certificate; for tests only",
  },
  { flag: 'data-center', env: 'GOVC_DATACENTER', kind: 'string', help: 'name of the datacenter (required)' },
  {
    flag: 'template',
    env: 'GOVC_TEMPLATE',
    kind: 'string',
    default: 'podvm-template',
    help: 'name or inventory path of the template that pod VMs are cloned from',
  },
  {
    flag: 'deploy-folder',
    env: 'GOVC_FOLDER',
    kind: 'string',
    help: 'folder of the pod VMs below the VM folder of the datacenter; made when missing',
  },
  { flag: 'cluster', env: 'GOVC_VCLUSTER', kind: 'string', help: 'cluster; required with -drs, or of the hosts' },
  {
    flag: 'host',
    env: 'GOVC_HOST',
    kind: 'list',
    help: 'hosts, tried in turn when one has no room; required without -drs',
  },
  {
    flag: 'data-store',
    env: 'GOVC_DATASTORE',
    kind: 'list',
    help: 'datastores or datastore clusters, tried in turn when one has no room; required without -drs',
  },
  {
    flag: 'drs',
    env: 'GOVC_DRS',
    kind: 'string',
    default: 'false',
    help: 'true: DRS of the cluster chooses host and datastore',
  },
  {
    flag: 'resource-pool',
    env: 'GOVC_RESOURCE_POOL',
    kind: 'string',
    help: "resource pool, by path below the cluster's or host's root pool; absent: the root pool",
  },
  {
    flag: 'linked-clone',
    env: 'VSPHERE_LINKED_CLONE',
    kind: 'boolean',
    default: 'false',
    help: "clone from the template's current snapshot without copying its disks",
  },
  { flag: 'storage-policy', env: 'VSPHERE_STORAGE_POLICY', kind: 'string', help: 'id (UUID) of a VM storage policy' },
  {
    flag: 'vsphere-rate-percent',
    env: 'VSPHERE_RATE_PERCENT',
    kind: 'integer',
    default: '100',
    min: 1,
    max: 100,
    help: 'part of 40 calls and 8 clones a second that this worker uses; less when many workers share a vCenter',
  },
];

export interface VsphereSettings {
  readonly url: URL;
  readonly trust: TrustSettings;
  readonly userName: string;
  readonly password: string;
  readonly datacenter: string;
  readonly template: string;
  readonly folder: string | undefined;
  readonly cluster: string | undefined;
  readonly hosts: readonly string[];
  readonly datastores: readonly string[];
  readonly drs: boolean;
  readonly resourcePool: string | undefined;
  readonly linkedClone: boolean;
  readonly storagePolicy: string | undefined;
  readonly rateShare: number;
}

/** Throws `invalid-configuration` for what can never work. */
export function vsphereSettings(values: OptionValues): VsphereSettings {
  const read = new OptionReader(values);
  const required = (flag: string, env: string) => read.text(flag) ?? refuse(`-${flag} (${env}) is required`);
  const settings: VsphereSettings = {
    url: parseUrl(required('vcenter-url', 'GOVC_URL')),
    trust: {
      authorities: readAuthorities(read.text('vcenter-ca-file')),
      thumbprint: parseThumbprint(read.text('thumbprint')),
      insecure: read.flag('vcenter-insecure'),
    },
    userName: required('user-name', 'GOVC_USERNAME'),
    password: required('password', 'GOVC_PASSWORD'),
    datacenter: required('data-center', 'GOVC_DATACENTER'),
    template: read.text('template') ?? 'podvm-template',
    folder: read.text('deploy-folder'),
    cluster: read.text('cluster'),
    hosts: read.list('host'),
    datastores: read.list('data-store'),
    drs: parseDrs(read.text('drs')),
    resourcePool: read.text('resource-pool'),
    linkedClone: read.flag('linked-clone'),
    storagePolicy: read.text('storage-policy'),
    rateShare: (read.number('vsphere-rate-percent') ?? 100) / 100,
  };
  if (settings.drs) {
    if (settings.cluster === undefined) refuse('-drs=true needs -cluster (GOVC_VCLUSTER)');
  } else if (settings.hosts.length === 0 || settings.datastores.length === 0) {
    refuse('-host (GOVC_HOST) and -data-store (GOVC_DATASTORE) are required, or -drs=true with -cluster');
  }
  return settings;
}

/** As govc takes it: the scheme may be missing, and the path. */
function parseUrl(given: string): URL {
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(given) ? given : `https://${given}`);
  } catch {
    return refuse('-vcenter-url (GOVC_URL) is no URL');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('-vcenter-url: only https and http are spoken');
  // Credentials in the URL never counted: -user-name and -password do.
  url.username = '';
  url.password = '';
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/sdk';
  return url;
}

function parseThumbprint(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const digits = given.replaceAll(/[:\s]/g, '').toLowerCase();
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(digits)) return digits;
  return refuse('-thumbprint (GOVC_THUMBPRINT) is neither a SHA-1 nor a SHA-256 in hexadecimal digits');
}

function readAuthorities(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ProviderError('invalid-configuration', `-vcenter-ca-file (GOVC_TLS_CA_CERTS): ${path} cannot be read`, {
      cause: error,
    });
  }
}

function parseDrs(given = 'false'): boolean {
  if (/^(?:1|t|true)$/i.test(given)) return true;
  if (/^(?:0|f|false)$/i.test(given)) return false;
  return refuse(`-drs (GOVC_DRS): ${JSON.stringify(given)} is neither true nor false`);
}

function refuse(message: string): never {
  throw new ProviderError('invalid-configuration', message);
}
