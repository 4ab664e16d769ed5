/** The life of a sandbox as a pure step function: every state and event, refusals included. */

import { unreachable } from '#base/assert.ts';

export type SandboxState =
  | { readonly at: 'created' }
  /** First its pod VM is made, then tunnel and relay are connected side by side. */
  | { readonly at: 'starting'; readonly step: 'pod-vm' | 'connect' }
  | { readonly at: 'running' }
  /** Something of it may still exist: everything is being released, and is tried again until it is gone. */
  | { readonly at: 'stopping' }
  | { readonly at: 'stopped' };

export type SandboxEvent = 'start' | 'resume' | 'pod-vm-made' | 'connected' | 'failed' | 'stop' | 'released';

export type SandboxEffect = 'create-pod-vm' | 'connect' | 'release-all' | 'forget';

export interface Step {
  readonly state: SandboxState;
  readonly effect: SandboxEffect | undefined;
}

const to = (state: SandboxState, effect?: SandboxEffect): Step => ({ state, effect });

/** Undefined: refused. The same state without effect: already so, and fine. */
export function step(state: SandboxState, event: SandboxEvent): Step | undefined {
  switch (state.at) {
    case 'created':
      if (event === 'start') return to({ at: 'starting', step: 'pod-vm' }, 'create-pod-vm');
      return event === 'stop' ? to({ at: 'stopping' }, 'release-all') : undefined;
    case 'starting':
      return stepWhileStarting(state.step, event);
    case 'running':
      if (event === 'start') return to(state);
      return event === 'stop' ? to({ at: 'stopping' }, 'release-all') : undefined;
    case 'stopping':
      if (event === 'stop') return to(state);
      return event === 'released' ? to({ at: 'stopped' }, 'forget') : undefined;
    case 'stopped':
      return event === 'stop' ? to(state) : undefined;
    default:
      return unreachable(state);
  }
}

function stepWhileStarting(at: 'pod-vm' | 'connect', event: SandboxEvent): Step | undefined {
  switch (event) {
    case 'stop':
    case 'failed':
      return to({ at: 'stopping' }, 'release-all');
    case 'pod-vm-made':
      return at === 'pod-vm' ? to({ at: 'starting', step: 'connect' }, 'connect') : undefined;
    case 'connected':
      return at === 'connect' ? to({ at: 'running' }) : undefined;
    case 'resume':
      // The pod VM and its identity are on record; before that, what was made has keys that nobody has any more.
      return at === 'connect' ? to({ at: 'starting', step: 'connect' }, 'connect') : undefined;
    case 'start':
    case 'released':
      return undefined;
    default:
      return unreachable(event);
  }
}
