/** Every decoder and parser that meets bytes of others: what it is given, and that only coded errors may come out. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
import {
  addOciAnnotations,
  appendNetworkNamespace,
  clearDns,
  readOci,
  setMountSource,
} from '#codec/agent-edit/agent-edit.ts';
import { parseAnnotations } from '#codec/annotations.ts';
import { directVolumeName, parseDirectVolumeName, parseMountInfo } from '#codec/direct-volumes.ts';
import { encodeForwarderConfig, parseForwarderConfig } from '#codec/forwarder-config.ts';
import { grpc } from '#codec/gen/agent.js';
import { parseGoDuration } from '#codec/go-duration.ts';
import { decodeInitdata, dummyInitdataToml, encodeInitdata, parseInitdataToml } from '#codec/initdata.ts';
import { encodePodNetwork, parsePodNetwork } from '#codec/pod-network.ts';
import { wireFields } from '#codec/protobuf-wire.ts';
import { decodePullSecret, encodeRegistryAuth } from '#codec/registry-auth.ts';
import { parseTlsProfile } from '#codec/tls-profile.ts';
import { decodeRequest, decodeResponse, encodeRequestFrame, encodeResponseFrame } from '#codec/ttrpc/envelope.ts';
import { headerBytes } from '#codec/ttrpc/frame.ts';
import {
  decodeAcknowledge,
  decodeResumeRequest,
  decodeResumeResponse,
  encodeResumeRequest,
} from '#codec/ttrpc-session/session-frames.ts';
import { encodeUserData, parseUserData } from '#codec/user-data.ts';
import { adaptorOptions } from '#daemons/adaptor/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import { parseCloudVolumes } from '#domain/forward/volume-annotation.ts';
import { decodeMessage, parseAttachment } from '#domain/relay/control-messages.ts';
import { addWorkerAnnotations } from '#domain/relay/create-container.ts';
import { decodeAddress } from '../../native/address.ts';
import { decodeAttributes, encodeAttributes } from '../../native/attribute.ts';
import { NetlinkDecodeError } from '../../native/errors.ts';
import { decodeQdisc } from '../../native/ingress-qdisc.ts';
import { decodeLink } from '../../native/link.ts';
import { decodeFilter } from '../../native/match-filter.ts';
import { decodeMessages } from '../../native/message.ts';
import { decodeNeighbour } from '../../native/neighbour.ts';
import { getTables } from '../../native/nftables.ts';
import { getElements } from '../../native/nftables-set.ts';
import { sortReplies } from '../../native/reply.ts';
import { decodeRoute } from '../../native/route.ts';
import { decodeRule } from '../../native/rule.ts';

export interface Target {
  readonly name: string;
  readonly samples: readonly Buffer[];
  readonly run: (bytes: Buffer) => void;
}

/** The errors that may come out of a decoder: everything else is a bug. */
export function isCoded(error: unknown): boolean {
  return error instanceof PeerPodError || error instanceof NetlinkDecodeError;
}

const json = (...values: unknown[]) => values.map((value) => Buffer.from(JSON.stringify(value)));
const text = (...values: string[]) => values.map((value) => Buffer.from(value));
/** As a Go or Node peer would hand text over: not necessarily UTF-8. */
const lossy = (bytes: Buffer) => bytes.toString('utf8');

/** What a parser takes is given back by its writer, or refused with a code as well. */
function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(lossy(bytes));
  } catch {
    return lossy(bytes);
  }
}

const podNetwork = {
  podip: '10.244.1.17/24',
  'pod-hw-addr': '0a:58:0a:f4:01:11',
  interface: 'eth0',
  'worker-node-ip': '192.168.122.20/24',
  'tunnel-type': 'vxlan',
  routes: [
    { dst: '::ffff:0.0.0.0/0', gw: '10.244.1.1', dev: 'eth0', protocol: 'boot' },
    { dst: '10.244.1.0/24', gw: '', dev: 'eth0', protocol: 'kernel', scope: 'link', metric: 5, onlink: true },
  ],
  neighbors: [{ ip: '169.254.1.1', 'hw-addr': 'ee:ee:ee:ee:ee:ee', dev: 'eth0', state: 'permanent' }],
  mtu: 1450,
  index: 0,
  'vxlan-port': 4789,
  'vxlan-id': 555000,
  dedicated: false,
  'external-net-via-pod-vm': false,
  podips6: ['fd00::5/64'],
  routes6: [{ dst: '::/0', gw: 'fe80::1', dev: 'eth0' }],
};

const createContainer = Buffer.from(
  grpc.CreateContainerRequest.encode({
    containerId: 'c1',
    execId: 'c1',
    storages: [{ driver: 'image_guest_pull', options: ['x'] }],
    OCI: {
      Version: '1.1.0',
      Process: { Args: ['sh', '-c', 'x'], Env: ['A=b'], Cwd: '/' },
      Mounts: [{ destination: '/data', source: '/run/x', type: 'bind', options: ['ro'] }],
      Annotations: { 'io.katacontainers.config.hypervisor.default_gpus': '1', k: 'v' },
      Linux: { Namespaces: [{ Type: 'ipc' }], CgroupsPath: 'cg' },
    },
  }).finish(),
);
const createSandbox = Buffer.from(
  grpc.CreateSandboxRequest.encode({ hostname: 'h', dns: ['nameserver 1.1.1.1'], sandboxId: 's' }).finish(),
);

const options = { streamId: 3, type: 1, flags: 0 };
const request = { service: 'grpc.Health', method: 'Check', payload: createSandbox, timeoutNano: 5n, metadata: [] };
const requestData = encodeRequestFrame(options, { ...request, metadata: [{ key: 'k', value: 'v' }] }).subarray(
  headerBytes,
);
const status = { code: 5, message: 'gone', details: [Buffer.from('0a0161', 'hex')] };
const responseData = encodeResponseFrame(options, { status, payload: Buffer.from('x') }).subarray(headerBytes);

const wireTargets: readonly Target[] = [
  {
    name: 'protobuf fields',
    samples: [createContainer, requestData, Buffer.from('93060805940608ffffffffffffffffff01', 'hex')],
    run: (bytes) => void [...wireFields(bytes)],
  },
  {
    name: 'ttrpc envelopes',
    samples: [requestData, responseData],
    run(bytes) {
      both(
        () => decodeRequest(bytes),
        () => decodeResponse(bytes),
      );
    },
  },
  {
    name: 'edits of CreateContainer',
    samples: [createContainer, Buffer.concat([createContainer, createContainer])],
    run(bytes) {
      both(
        () => scans(appendNetworkNamespace(bytes, '/run/netns/podns')),
        () =>
          scans(
            addOciAnnotations(
              bytes,
              new Map([
                ['k', 'new'],
                ['n', 'w'],
              ]),
            ),
          ),
        () => scans(setMountSource(bytes, '/data', { source: '/other', type: 'bind' })),
        () => readOci(bytes),
        () => scans(addWorkerAnnotations(bytes, { volumes: [], directories: new Set(['/run/x']) })),
      );
    },
  },
  { name: 'edits of CreateSandbox', samples: [createSandbox], run: (bytes) => scans(clearDns(bytes)) },
  {
    name: 'session messages',
    samples: [Buffer.from(encodeResumeRequest({ sessionId: Buffer.alloc(16, 1), receivedBytes: 77 })), Buffer.alloc(8)],
    run(bytes) {
      both(
        () => decodeAcknowledge(bytes),
        () => decodeResumeRequest(bytes),
        () => decodeResumeResponse(bytes),
      );
    },
  },
];

/** Runs all of them; the first error that is not coded is thrown, else the last coded one. */
function both(...bodies: readonly (() => unknown)[]): void {
  let coded: unknown;
  for (const body of bodies) {
    try {
      body();
    } catch (error) {
      if (!isCoded(error)) throw error;
      coded = error;
    }
  }
  if (coded !== undefined) throw coded;
}

/** What an edit gives must itself be well-formed. */
function scans(bytes: Uint8Array): void {
  const fields = [...wireFields(bytes)];
  if (fields.at(-1)?.end !== bytes.length && bytes.length > 0) throw new Error('an edit left bytes over');
}

const fileTargets: readonly Target[] = [
  {
    name: 'user-data',
    samples: [
      Buffer.from(
        encodeUserData([
          { path: '/run/peerpod/apf.json', content: new Secret('{\n  "a": 1\n}') },
          { path: '/run/peerpod/scratch-space.marker', content: new Secret('') },
        ]).reveal(),
      ),
      ...text('#cloud-config\n\nwrite_files:\n  - path: /run/peerpod/aa.toml\n    content: "x"\n', 'write_files: []\n'),
    ],
    run: (bytes) => void parseUserData(lossy(bytes)),
  },
  {
    name: 'initdata',
    samples: text(dummyInitdataToml, 'algorithm = "sha512"\nversion = "1"\n[data]\n"x" = """\ny\n"""\n'),
    run(bytes) {
      both(
        () => parseInitdataToml(bytes),
        () => decodeInitdata(encodeInitdata(lossy(bytes))),
      );
    },
  },
  {
    name: 'initdata as delivered',
    samples: text(encodeInitdata(dummyInitdataToml)),
    run: (bytes) => void decodeInitdata(lossy(bytes)),
  },
  {
    name: 'apf.json',
    samples: [
      Buffer.from(
        encodeForwarderConfig({
          podNetwork,
          podNamespace: 'ns',
          podName: 'pod',
          tlsServerKey: new Secret('K'),
          tlsServerCert: 'C',
          tlsCipherSuites: ['TLS_AES_128_GCM_SHA256'],
        }).reveal(),
      ),
      ...json({ 'Pod-Network': null, 'pod-name': null }),
    ],
    run: (bytes) => void encodeForwarderConfig(parseForwarderConfig(lossy(bytes))),
  },
  {
    name: 'pod-network',
    samples: json(podNetwork),
    run(bytes) {
      const first = encodePodNetwork(parsePodNetwork(parsedJson(bytes)));
      const again = encodePodNetwork(parsePodNetwork(first));
      if (JSON.stringify(first) !== JSON.stringify(again)) throw new Error('what was written reads back differently');
    },
  },
  {
    name: 'registry auth',
    samples: json({ auths: { r: { username: 'u', password: 'p' } } }, { r: { auth: 'eA==' } }),
    run(bytes) {
      both(
        () => encodeRegistryAuth([decodePullSecret({ kind: 'dockercfg', text: new Secret(lossy(bytes)) })]),
        () => encodeRegistryAuth([decodePullSecret({ kind: 'dockerconfigjson', text: new Secret(lossy(bytes)) })]),
      );
    },
  },
  {
    name: 'direct volumes',
    samples: [
      ...json({
        'volume-type': 'x',
        device: '/dev/x',
        fstype: 'ext4',
        metadata: { 'cloud-volume-path': 'd' },
        options: [],
      }),
      ...text(directVolumeName('/var/lib/kubelet/pods/u/volumes/kubernetes.io~csi/pv/mount')),
    ],
    run(bytes) {
      parseDirectVolumeName(lossy(bytes));
      parseMountInfo('/var/lib/kubelet/pods/u/volumes/kubernetes.io~csi/pv/mount', lossy(bytes));
    },
  },
  {
    name: 'cloud volumes annotation',
    samples: json({ 'vol-0': { mount_point: '/data', fs_type: 'ext4', lun: '0', disk_id: 'd', fs_group: '5' } }),
    run: (bytes) => void parseCloudVolumes(lossy(bytes)),
  },
];

const settingTargets: readonly Target[] = [
  {
    name: 'annotations',
    samples: json({
      'io.kubernetes.cri.sandbox-name': 'k8s_web_shop_uid_0',
      'io.kubernetes.cri.sandbox-namespace': 'shop',
      'io.katacontainers.config.hypervisor.default_vcpus': '1.5',
      'io.katacontainers.config.hypervisor.default_memory': '2048',
    }),
    run(bytes) {
      const value = parsedJson(bytes);
      const entries = Object.entries(typeof value === 'object' && value !== null ? value : { x: lossy(bytes) });
      parseAnnotations(new Map(entries.map(([key, entry]) => [key, String(entry)])));
    },
  },
  {
    name: 'options',
    samples: text(
      '-socket=/run/x\n--vxlan-port\n4789\n-tls-skip-verify\n-proxy-timeout=1h30m',
      'help',
      '-pod-subnet-cidrs=10.0.0.0/8, ,fd00::/8\n--\nrest',
    ),
    run(bytes) {
      const words = lossy(bytes).split('\n');
      both(
        () => parseOptions(adaptorOptions, words, {}),
        () => parseOptions(adaptorOptions, [], { VXLAN_PORT: words[0], PROXY_TIMEOUT: words[1], INITDATA: words[2] }),
      );
    },
  },
  {
    name: 'durations',
    samples: text('1h30m', '-1.5s', '100ms', '.5s', '0'),
    run: (bytes) => void parseGoDuration(lossy(bytes)),
  },
  {
    name: 'TLS profiles',
    samples: text('VersionTLS12\nTLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ', 'VersionTLS13\n'),
    run(bytes) {
      const [version, suites = ''] = lossy(bytes).split('\n');
      parseTlsProfile(version, suites);
    },
  },
  {
    name: 'relay messages',
    samples: json({
      sandboxId: 's',
      socketPath: '/run/s',
      host: '10.0.0.1',
      port: 15150,
      tls: { directory: '/d', serverName: 'n', serverFingerprint256: 'AA', cipherSuites: ['X'] },
      timeoutMs: 5,
    }),
    run: (bytes) => void parseAttachment(decodeMessage(bytes)),
  },
];

const golden = (name: string) => {
  const path = join(import.meta.dirname, `../golden/netlink/${name}.hex`);
  return Buffer.from(readFileSync(path, 'utf8').replaceAll(/\s/g, ''), 'hex');
};
const netlinkDecoders = [
  decodeLink,
  decodeAddress,
  decodeRoute,
  decodeRule,
  decodeNeighbour,
  decodeQdisc,
  decodeFilter,
];
const pins = { table: { family: 'inet', name: 'pins' }, name: 'sources', key: ['ipv4', 'word'] } as const;
const asked = [getTables(), getElements(pins)];
const netlinkNames = [
  'links',
  'addresses',
  'routes',
  'rules',
  'neighbours',
  'qdiscs',
  'filters',
  'set-elements',
  'error-extack',
];

const netlinkTargets: readonly Target[] = netlinkNames.map((name) => ({
  name: `netlink ${name}`,
  samples: [golden(name)],
  run(bytes) {
    const messages = decodeMessages(bytes);
    const bodies = messages.flatMap((message) => [
      ...netlinkDecoders.map((decode) => () => decode(message)),
      ...asked.map((query) => () => query.decode(message)),
      () => encodeAttributes(decodeAttributes(message.payload)),
    ]);
    both(...bodies, () => sortReplies(asked, messages[0]?.sequence ?? 0, messages));
  },
}));

export const targets: readonly Target[] = [...wireTargets, ...fileTargets, ...settingTargets, ...netlinkTargets];
