/** The cases themselves, inside their namespaces: told beforehand, shown as they go, and as a table. */

import { readFileSync } from 'node:fs';
import { paths } from '#dev/demo/daemons.ts';
import { setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { crashCases, enumeration, type Life } from './crash-points.ts';
import { type Fault, faults } from './faults.ts';
import { type Case, type Outcome, play } from './play.ts';
import { type Step, steps, stopDuringStart } from './steps.ts';
import { Worker } from './worker.ts';

interface Settings {
  readonly only: string;
  readonly output: string;
  readonly list: boolean;
}

const settings = JSON.parse(process.env.CHAOS_SETTINGS ?? '{}') as Settings;
/** Roughly, on two processors. */
const secondsOfCase = 4;
const podNumbersMax = 200;
const crashFault = 'adaptor killed at';

const nameOf = ({ fault, step }: Pick<Case, 'fault' | 'step'>) => `${fault}, ${step}`;
const isChosen = (which: Pick<Case, 'fault' | 'step'>) => nameOf(which).includes(settings.only);
const write = (text: string) => void (settings.output === 'json' ? process.stderr : process.stdout).write(text);

function matrixCase(fault: Fault, step: Step): Case {
  return {
    fault: fault.name,
    step: step.name,
    adaptor: fault.adaptor ?? 'plain',
    mustLive: fault.podLives && step.name === 'running' ? true : undefined,
    live(pod, worker, recovering) {
      pod.mayLoseOutput = fault.losesAnswer === true;
      return step.live(pod, worker, async () => {
        recovering();
        await fault.inject(worker);
      });
    },
  };
}

const columns = ['FAULT', 'STEP', 'POD', 'VMS', 'DEVICES', 'RULES', 'PROCESSES', 'RECOVERY'] as const;
const widths = [32, 34, 6, 4, 8, 6, 10, 8];
const row = (cells: readonly string[]) => `${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' ')}\n`;

function show({ fault, step, podLived, leaked, recoveryMs, trouble }: Outcome): void {
  const { vms, devices, rules, processes } = leaked;
  const pod = podLived === '-' ? '-' : podLived ? 'lives' : 'ended';
  const recovery = recoveryMs === 0 ? '-' : `${(recoveryMs / 1000).toFixed(1)} s`;
  write(row([fault, step, pod, ...[vms, devices, rules, processes].map(String), recovery]));
  for (const line of trouble) write(`    ${line}\n`);
  if (trouble.length === 0) return;
  for (const name of ['cloud-api-adaptor', 'agent-relay']) {
    const log = readFileSync(`${paths.logs}/${name}.log`, 'utf8').split('\n').slice(-30).join('\n');
    process.stderr.write(`--- ${name}\n${log}\n`);
  }
}

/** The crash points are known only after a life was lived with them. */
async function findCrashCases(worker: Worker, life: Life): Promise<readonly Case[]> {
  let points: readonly string[] = [];
  const outcome = await play(
    enumeration(life, (found) => {
      points = found;
    }),
    worker,
    0,
  );
  if (outcome.trouble.length > 0) show(outcome);
  return crashCases(life, points);
}

/** The lives whose crash points may be among the chosen cases. */
function livesOf(only: string): readonly Life[] {
  if (only.includes('#')) return [only.includes('warm') ? 'warm' : 'cold'];
  if (only.startsWith(`${crashFault}, warm`)) return ['warm'];
  return crashFault.includes(only) || only.startsWith(crashFault) ? ['cold', 'warm'] : [];
}

const matrix = faults.flatMap((fault) => [...steps, stopDuringStart].map((step) => matrixCase(fault, step)));
Worker.prepare();
await setUpWorkerNode();
await using worker = new Worker();
const crashes: Case[] = [];
for (const life of livesOf(settings.only)) crashes.push(...(await findCrashCases(worker, life)));
const cases = [...matrix, ...crashes].filter(isChosen);
const minutes = Math.max(1, Math.round((cases.length * secondsOfCase) / 60));
write(`${cases.length} cases, some ${minutes} minutes\n`);
const outcomes: Outcome[] = [];
if (settings.list) {
  for (const which of cases) write(`${nameOf(which)}\n`);
} else {
  write(row(columns));
  const started = performance.now();
  for (const [index, which] of cases.entries()) {
    outcomes.push(await play(which, worker, index % podNumbersMax));
    show(outcomes[index] as Outcome);
    const each = (performance.now() - started) / (index + 1) / 1000;
    const left = Math.round((each * (cases.length - index - 1)) / 60);
    if (process.stderr.isTTY) process.stderr.write(`${index + 1} of ${cases.length}, some ${left} minutes to go\r`);
  }
}
const failed = outcomes.filter(({ trouble }) => trouble.length > 0).length;
if (settings.output === 'json') process.stdout.write(`${JSON.stringify({ ok: failed === 0, outcomes }, null, 2)}\n`);
const verdict = `${outcomes.length} cases, nothing leaked`;
if (!settings.list) write(failed === 0 ? `\nok: ${verdict}\n` : `\nFAILED: ${failed} of ${outcomes.length} cases\n`);
await worker[Symbol.asyncDispose]();
process.exit(failed === 0 && cases.length > 0 ? 0 : 1);
