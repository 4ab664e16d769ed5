/** Forwarder, process-user-data and their kin as one executable: bundled, then put into Node's own binary. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { streamFlags } from '#daemons/runtime.ts';

const root = join(import.meta.dirname, '..');
/** Where the bundle believes to lie: the addon is beside it, in build/, and package.json three folders up. */
const home = 'usr/lib/peerpod/src/podvm/guest';
/** Fixed by Node: it looks for this text in its own binary to learn whether a program was put in. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export interface GuestExecutable {
  readonly executable: Buffer;
  /** The names that it can be started under. */
  readonly names: readonly string[];
  /** Files that it needs beside it, by their place in the image. */
  readonly companions: ReadonlyMap<string, Buffer>;
  /** Source files of the bundle, relative to the repository. */
  readonly sources: readonly string[];
}

const productNames = ['pod-vm-boot', 'agent-protocol-forwarder', 'process-user-data'] as const;

export async function buildGuestExecutable(development: boolean, work: string): Promise<GuestExecutable> {
  mkdirSync(work, { recursive: true });
  const entry = development ? 'podvm/guest/main-development.ts' : 'podvm/guest/main.ts';
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(work, 'programs.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    legalComments: 'none',
    // Without names cut short: a stack trace still says which function it was.
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    logLevel: 'error',
    define: {
      'import.meta.url': JSON.stringify(`file:///${home}/programs.cjs`),
      'import.meta.dirname': JSON.stringify(`/${home}`),
    },
  });
  // Without code cache: it saves 10 ms and is different at each build.
  const settings = {
    main: 'programs.cjs',
    output: 'programs.blob',
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    useSnapshot: false,
    execArgv: streamFlags,
  };
  writeFileSync(join(work, 'sea.json'), JSON.stringify(settings));
  execFileSync(process.execPath, ['--experimental-sea-config', 'sea.json'], { cwd: work, stdio: 'ignore' });
  const executable = join(work, 'programs');
  copyFileSync(realpathSync(process.execPath), executable);
  execFileSync('strip', [executable]);
  const postject = join(root, 'node_modules/postject/dist/cli.js');
  const blob = join(work, 'programs.blob');
  const inject = [postject, executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse, '--overwrite'];
  execFileSync(process.execPath, inject, { stdio: ['ignore', 'ignore', 'ignore'] });
  return {
    executable: readFileSync(executable),
    names: development ? [...productNames, 'kata-agent', 'demo-workload'] : productNames,
    companions: new Map([
      [`${home}/build/netns_socket.node`, strippedAddon(work)],
      ['usr/lib/peerpod/package.json', readFileSync(join(root, 'package.json'))],
    ]),
    sources: Object.keys(metafile.inputs).toSorted(),
  };
}

/** Debugging information names the folder of the build, and the build id is made from it. */
function strippedAddon(work: string): Buffer {
  const addon = join(work, 'netns_socket.node');
  execFileSync('strip', ['-R', '.note.gnu.build-id', '-o', addon, join(root, 'native/build/netns_socket.node')]);
  return readFileSync(addon);
}
