/** The image as `make image` built it: its programs as nobody, a pod's life with its daemons and no rights but the needed. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { addPod, removePod, setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';
import { newSandboxId, until } from '../support/adaptor-scene.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { lacks, lacksCommand } from '../support/requirements.ts';
import { root } from '../support/sources.ts';
import { Container, type ContainerSpec, runContainer, unifyCgroups } from './oci-container.ts';

const image = process.env.PEERPODS_IMAGE;
const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim();

let mounted: string | undefined;
let container: string | undefined;

/** The image's file system, mounted once; undefined: the test has been skipped. */
function rootfs(t: TestContext): string | undefined {
  if (
    lacks(t, image !== undefined, 'an image: make test-image') ||
    lacksCommand(t, 'buildah') ||
    lacksCommand(t, 'crun')
  ) {
    return undefined;
  }
  if (mounted === undefined) {
    unifyCgroups();
    // As systemd has it: else a namespace that is made later never shows up in a container.
    run('mount', '--make-rshared', '/run');
    container = run('buildah', 'from', '--pull-never', image ?? '');
    mounted = run('buildah', 'mount', container);
  }
  return mounted;
}

after(() => {
  if (container !== undefined) run('buildah', 'rm', container);
});

const folders = { '/run/peerpod': '/run/peerpod', '/run/state': '/var/lib/peerpod' } as const;
const socket = '/run/peerpod/hypervisor.sock';

async function inSight(path: string, container: Container): Promise<void> {
  let isOver = false;
  container.exited.finally(() => {
    isOver = true;
  });
  await until(() => isOver || existsSync(path), path);
  if (isOver) throw new Error(`it ended: ${container.log}`);
}

let worker: Promise<void> | undefined;
let podsMade = 0;

interface Rights {
  readonly adaptor: readonly string[];
  readonly relay: readonly string[];
}

/** Relay and adaptor in containers, with the local provider, whose VMs need the development agent beside them. */
async function withDaemons(rootfs: string, rights: Rights, body: (shim: Hypervisor) => Promise<void>): Promise<void> {
  worker ??= setUpWorkerNode();
  await worker;
  // A kill leaves sockets and records, which would be taken for a predecessor's.
  for (const path of Object.keys(folders)) rmSync(path, { recursive: true, force: true });
  for (const path of [...Object.keys(folders), '/run/netns']) mkdirSync(path, { recursive: true, mode: 0o700 });
  const base = { rootfs, user: 0, binds: folders, follows: { '/run/netns': '/run/netns' } };
  const dev = { ...folders, [join(root, 'dev')]: '/usr/lib/peerpods/dev' };
  await using relay = new Container({ ...base, name: 'relay', args: ['agent-relay'], capabilities: rights.relay });
  await inSight(socket, relay);
  const args = ['cloud-api-adaptor', 'local', '-probe-port=0', '-proxy-timeout=60s'];
  const spec: ContainerSpec = { ...base, name: 'adaptor', args, capabilities: rights.adaptor, binds: dev };
  await using adaptor = new Container(spec);
  await inSight('/run/peerpod/adaptor.sock', adaptor);
  try {
    await body(new Hypervisor(socket));
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : error}\n${adaptor.log.slice(-4000)}\n${relay.log.slice(-2000)}`,
      { cause: error },
    );
  }
  adaptor.signal('TERM');
  relay.signal('TERM');
  assert.equal(await adaptor.exited, 0, adaptor.log);
  assert.equal(await relay.exited, 0, relay.log);
}

/** What dpkg-query fills in begins with a dollar sign, as what a template fills in does. */
const debianUrls = ['pkg:deb/debian/', '{Package}@', '{Version}\n'].join('$');

const answer = 'served from the image';
const server = `require('http').createServer((q, r) => r.end('${answer}')).listen(8080, () => console.log('up'))`;

function fetched(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: address, port: 8080, timeout: 20_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

async function livePod(shim: Hypervisor): Promise<void> {
  podsMade += 1;
  const pod = await addPod(podsMade);
  const id = newSandboxId();
  const agentSocket = await shim.createVm({ id, podName: pod.name, podNamespace: 'shop', netnsPath: pod.netnsPath });
  await shim.startVm(id, 90_000);
  await using agent = await Agent.dial(agentSocket);
  await agent.createSandbox(pod.name, id);
  await agent.createContainer(id, ['/usr/local/bin/node', '-e', server]);
  await agent.startContainer(id);
  const said = await agent.readStdout({ containerId: id, execId: id });
  assert.equal(Buffer.from(said).toString(), 'up\n');
  assert.equal(await fetched(pod.address), answer, 'over the pod network, through the tunnel');
  await shim.stopVm(id);
  assert.deepEqual(await removePod(pod), [], 'nothing is left in the pod');
}

/** What the controller's DaemonSets give (docs/install.md has the system calls). */
const needed: Rights = { adaptor: ['NET_ADMIN', 'SYS_ADMIN'], relay: [] };

if (insideOwnNamespaces(import.meta.filename)) {
  test('every program of package.json says how it is used, as nobody on a read-only root', async (t) => {
    const fs = rootfs(t);
    if (fs === undefined) return;
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    for (const name of Object.keys(bin)) {
      const { code, output } = await runContainer({ name: 'help', rootfs: fs, args: [name, '--help'] });
      assert.match(output, new RegExp(`Usage:\\s+${name}`), name);
      assert.equal(code, name === 'cloud-api-adaptor' ? 1 : 0, `${name}: ${output}`);
    }
  });

  test('every provider is installed in it', async (t) => {
    const fs = rootfs(t);
    if (fs === undefined) return;
    for (const name of ['aws', 'azure', 'ibmcloud', 'libvirt', 'vsphere']) {
      const { code, output } = await runContainer({
        name: 'provider',
        rootfs: fs,
        args: ['cloud-api-adaptor', name, '-help'],
      });
      assert.match(output, new RegExp(`Options of ${name}:`));
      assert.equal(code, 0);
    }
  });

  test('it runs as a number that is not root, and says what it is', (t) => {
    if (rootfs(t) === undefined) return;
    const { OCIv1 } = JSON.parse(run('buildah', 'inspect', '--type', 'image', image ?? '')) as {
      OCIv1: { config: { User: string; Labels: Record<string, string>; Entrypoint?: unknown } };
    };
    assert.equal(OCIv1.config.User, '65532:65532');
    assert.equal(OCIv1.config.Entrypoint, undefined);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    const label = (name: string) => OCIv1.config.Labels[`org.opencontainers.image.${name}`];
    assert.deepEqual([label('title'), label('licenses'), label('version')], ['peerpods', 'Apache-2.0', version]);
    assert.match(label('revision') ?? '', /^[0-9a-f]{40}$/);
  });

  test('who runs it has a name and a home, which ssh insists on', async (t) => {
    const fs = rootfs(t);
    if (fs === undefined) return;
    const script = "const {username, homedir} = require('os').userInfo(); console.log(username, homedir)";
    const { output } = await runContainer({ name: 'user', rootfs: fs, args: ['node', '-e', script] });
    assert.equal(output, 'peerpods /home/peerpods\n');
  });

  test('its list of parts names every Debian package in it', (t) => {
    const fs = rootfs(t);
    if (fs === undefined) return;
    const listed = new Set(
      (
        JSON.parse(readFileSync(join(fs, 'usr/share/sbom/peerpods.cdx.json'), 'utf8')) as {
          components: { purl?: string }[];
        }
      ).components.map(({ purl }) => decodeURIComponent(purl ?? '').replace(/\?.*/, '')),
    );
    const query = spawnSync('dpkg-query', [`--admindir=${fs}/var/lib/dpkg`, '-W', '-f', debianUrls], {
      encoding: 'utf8',
    });
    const installed = query.stdout.trim().split('\n');
    assert.ok(installed.length > 50, query.stderr);
    assert.deepEqual(
      installed.filter((one) => !listed.has(one)),
      [],
    );
  });

  test("a pod lives and ends with the adaptor's two capabilities and a relay that has none", async (t) => {
    const fs = rootfs(t);
    if (fs !== undefined) await withDaemons(fs, needed, livePod);
  });

  test('without CAP_SYS_ADMIN no network namespace of a pod is entered', async (t) => {
    const fs = rootfs(t);
    if (fs === undefined) return;
    await assert.rejects(withDaemons(fs, { ...needed, adaptor: ['NET_ADMIN'] }, livePod), /E_NETNS|EPERM/);
  });

  test('without CAP_NET_ADMIN no tunnel is made', async (t) => {
    const fs = rootfs(t);
    if (fs === undefined) return;
    await assert.rejects(withDaemons(fs, { ...needed, adaptor: ['SYS_ADMIN'] }, livePod), /EPERM|not permitted/);
  });
}
