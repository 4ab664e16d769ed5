/** Which way of running a machine works here: found out by running one. */

import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProviderError, type ProviderLog } from '@peerpods/provider';

export type Accelerator = 'kvm' | 'tcg';

export interface Trial {
  readonly binary: string;
  readonly machine: string;
  /** Undefined: what suits the accelerator. */
  readonly cpu: string | undefined;
  /** Undefined with a disk of one's own: then only our few instructions are tried. */
  readonly image: { readonly kernel: string; readonly initrd: string } | undefined;
}

/** A machine under KVM has the processor's features, one in emulation all that QEMU can imitate. */
export const cpuModels: Readonly<Record<Accelerator, string>> = { kvm: 'host', tcg: 'max' };

/** What the trial program writes to its port, as QEMU turns it into an exit code. */
const provenExitCode = (0x10 << 1) | 1;
const trialMs = 10_000;
const errorBytesMax = 4096;
const outputBytesMax = 64 * 1024;
/** What the image's first program says when it is asked for nothing else. */
const provenWords = 'trial passed';
const romBytes = 64 * 1024;
const debugPort = '0xf4';

/**
 * Machine code for the start of the ROM, 16 bits: makes page tables at 0x1000 (one page of 2 MiB, identity), switches
 * to 64 bits, moves 0x100000000 through memory, shifts it right by 28 and writes the 0x10 that is left to the port.
 * A hypervisor that only gets as far as real mode, or that lacks what the processor model needs, does not come there.
 */
const trialProgram = [
  'fa 31c0 8ed8 8ec0', // cli; ds = es = 0
  '66c7060010 03200000 66c7060020 03300000 66c7060030 83000000', // [1000] = 2003, [2000] = 3003, [3000] = 83
  '66b800100000 0f22d8 66b820000000 0f22e0', // cr3 = 1000; cr4 = physical address extension
  '66b9800000c0 0f32 660d00010000 0f30', // the long-mode bit of EFER
  '2e660f01167000 66b801000080 0f22c0', // load the descriptor table at 70; cr0 = paging and protection
  '66ea76000f000800', // far jump to 64 bits
  '0f1f4000', // up to 60
  '0000000000000000 ffff0000009baf00', // descriptors: none; code of 64 bits
  '0f0060000f00', // at 70: their length and place
  '48b90000000001000000 48890c2500400000 488b042500400000', // rcx = 100000000; [4000] = rcx; rax = [4000]
  '48c1e81c e6f4 f4 ebfd', // rax >>= 28; out f4; hlt for ever
].join('');

/** Throws `invalid-configuration` when what was asked for does not work. */
export async function chooseAccelerator(
  wanted: 'auto' | Accelerator,
  trial: Trial,
  folder: string,
  log: ProviderLog,
): Promise<Accelerator> {
  if (wanted !== 'tcg') {
    const fault = await tryMachine(trial, 'kvm', folder);
    if (fault === undefined) return 'kvm';
    if (wanted === 'kvm') throw new ProviderError('invalid-configuration', `KVM does not work here: ${fault}`);
    log.warn({ fault }, 'KVM does not work here, pod VMs run in software emulation');
  }
  const fault = await tryMachine(trial, 'tcg', folder);
  if (fault === undefined) return 'tcg';
  throw new ProviderError('invalid-configuration', `${trial.binary} runs no machine: ${fault}`);
}

/** Undefined: a machine ran. Otherwise what went wrong. */
export async function tryMachine(trial: Trial, accelerator: Accelerator, folder: string): Promise<string | undefined> {
  const rom = join(folder, `trial-${accelerator}.rom`);
  const machine = [
    ...['-machine', trial.machine, '-accel', accelerator, '-cpu', trial.cpu ?? cpuModels[accelerator]],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
  ];
  writeFileSync(rom, trialRom(), { mode: 0o600 });
  try {
    const device = ['-device', `isa-debug-exit,iobase=${debugPort},iosize=4`];
    const fault = await runTrial(
      trial.binary,
      [...machine, '-m', '16', '-bios', rom, ...device],
      ({ code }) => code === provenExitCode,
    );
    // There are hypervisors that run our instructions and not a kernel. An emulation that runs them is one.
    if (fault !== undefined || accelerator === 'tcg' || !trial.image) return fault;
    const { kernel, initrd } = trial.image;
    const boot = ['-m', '256', '-kernel', kernel, '-initrd', initrd, '-append', 'console=ttyS0 panic=-1 podvm.trial'];
    return await runTrial(trial.binary, [...machine, ...boot, '-serial', 'stdio'], ({ output }) =>
      output.includes(provenWords),
    );
  } finally {
    rmSync(rom, { force: true });
  }
}

function trialRom(): Buffer {
  const rom = Buffer.alloc(romBytes, 0xf4); // hlt
  Buffer.from(trialProgram.replaceAll(' ', ''), 'hex').copy(rom);
  rom.write('ea000000f0', romBytes - 16, 'hex'); // where the processor begins: a jump to the start of the ROM
  return rom;
}

interface TrialOutcome {
  readonly code: number | null;
  readonly output: string;
}

function runTrial(
  binary: string,
  args: readonly string[],
  isProof: (outcome: TrialOutcome) => boolean,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: trialMs, killSignal: 'SIGKILL' });
    const said = { output: '', errors: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      if (said.output.length < outputBytesMax) said.output += chunk.toString('latin1');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.errors.length < errorBytesMax) said.errors += chunk.toString('utf8');
    });
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      if (isProof({ code, output: said.output })) return resolve(undefined);
      const ended = signal === null ? `ended with ${code}` : `did not end by itself (${signal})`;
      resolve(`a trial machine ${ended}${said.errors === '' ? '' : `: ${said.errors.trim().split('\n').at(-1)}`}`);
    });
  });
}
