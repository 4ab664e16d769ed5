/** What a sandbox's life tells whoever counts and times: the adaptor's metrics, and tests. */

export type StartStage = 'credentials' | 'kubernetes' | 'pod-vm' | 'tunnel' | 'relay' | 'ledger';

/** What a release is made of; each part is tried again on its own. */
export type ReleasePart = 'relay' | 'tunnel' | 'pod-vm' | 'peer-pod' | 'files' | 'record';

export interface SandboxObserver {
  /** A part of a StartVM ended. */
  stageEnded(stage: StartStage, ok: boolean, durationMs: number): void;
  /** A part of a release failed and will be tried again. */
  releaseFailed(part: ReleasePart): void;
  /** Nothing of a sandbox is left. */
  released(durationMs: number): void;
}

/** For those who do not care. */
export const silentObserver: SandboxObserver = {
  stageEnded: () => {},
  releaseFailed: () => {},
  released: () => {},
};
