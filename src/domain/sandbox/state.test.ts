import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SandboxEvent, type SandboxState, step } from './state.ts';

const states: Readonly<Record<string, SandboxState>> = {
  created: { at: 'created' },
  'starting/pod-vm': { at: 'starting', step: 'pod-vm' },
  'starting/connect': { at: 'starting', step: 'connect' },
  running: { at: 'running' },
  stopping: { at: 'stopping' },
  stopped: { at: 'stopped' },
};
const events: readonly SandboxEvent[] = ['start', 'resume', 'pod-vm-made', 'connected', 'failed', 'stop', 'released'];

const nameOf = (state: SandboxState) => ('step' in state ? `${state.at}/${state.step}` : state.at);

/** The whole table; what is not named is refused. */
const table: Readonly<Record<string, string>> = {
  'created + start': 'starting/pod-vm: create-pod-vm',
  'created + stop': 'stopping: release-all',
  'starting/pod-vm + pod-vm-made': 'starting/connect: connect',
  'starting/pod-vm + failed': 'stopping: release-all',
  'starting/pod-vm + stop': 'stopping: release-all',
  'starting/connect + connected': 'running: ',
  'starting/connect + resume': 'starting/connect: connect',
  'starting/connect + failed': 'stopping: release-all',
  'starting/connect + stop': 'stopping: release-all',
  'running + start': 'running: ',
  'running + stop': 'stopping: release-all',
  'stopping + stop': 'stopping: ',
  'stopping + released': 'stopped: forget',
  'stopped + stop': 'stopped: ',
};

for (const [name, state] of Object.entries(states)) {
  for (const event of events) {
    const expected = table[`${name} + ${event}`];
    test(`${name} + ${event} ${expected === undefined ? 'is refused' : `→ ${expected}`}`, () => {
      const next = step(state, event);
      assert.equal(next && `${nameOf(next.state)}: ${next.effect ?? ''}`, expected);
    });
  }
}

test('from every state a stop leads to stopped', () => {
  for (const state of Object.values(states)) {
    const stopping = step(state, 'stop');
    assert.ok(stopping);
    const end = stopping.state.at === 'stopping' ? step(stopping.state, 'released') : stopping;
    assert.equal(end?.state.at, 'stopped');
  }
});
