/** make podvm: builds the pod VM image and says what became of it. */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildImage } from './image.ts';

const usage = `make podvm [AGENT=PATH|URL AGENT_SHA256=HEX] [PODVM=FOLDER]

  --output FOLDER        where the image goes (default podvm/build)
  --cache FOLDER         downloads (default $XDG_CACHE_HOME/peerpods or ~/.cache/peerpods)
  --agent PATH|URL       the kata-agent; default: the development agent, which isolates nothing inside the VM
  --agent-sha256 HEX     its checksum; a URL needs one
  --no-disks             only kernel, initramfs and root file system, for direct boot
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', default: join(import.meta.dirname, 'build') },
      cache: { type: 'string', default: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'peerpods') },
      agent: { type: 'string', default: '' },
      'agent-sha256': { type: 'string', default: '' },
      'no-disks': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const started = performance.now();
  let last = started;
  const manifest = await buildImage({
    output: resolve(values.output),
    cache: resolve(values.cache),
    agent: values.agent,
    agentSha256: values['agent-sha256'] || undefined,
    disks: !values['no-disks'],
    onStep(name, detail) {
      const now = performance.now();
      process.stderr.write(`✓ ${name.padEnd(18)} ${((now - last) / 1000).toFixed(1).padStart(6)} s  ${detail}\n`);
      last = now;
    },
  });
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    process.stdout.write(`${sha256}  ${(bytes / 1024 / 1024).toFixed(1).padStart(6)} MiB  ${name}\n`);
  }
  process.stdout.write(`root hash (dm-verity, sha256): ${manifest.rootHash}\n`);
  const agent = manifest.agent === 'development' ? 'development agent' : manifest.agent.origin;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`pod VM image in ${values.output}: kernel ${manifest.kernelVersion}, ${agent}, ${seconds} s\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`make podvm: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
