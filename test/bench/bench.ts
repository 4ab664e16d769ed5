/** What a bench is: measures one or more promises, ours against a reference of ours in the same run. */

/** One promise: ours against a reference measured in the same run. */
export interface BenchRow {
  /** Of the promise: P1 … P12, X1, K1. */
  readonly id: string;
  readonly name: string;
  readonly ours: number;
  readonly reference: number;
  readonly ratio: number;
  readonly unit: string;
  readonly goal: string;
  readonly holds: boolean;
  /** For a missed goal: what the time or memory goes into. */
  readonly note?: string;
}

export interface BenchContext {
  /** A folder of this run's own on a disk (not tmpfs), gone afterwards. */
  readonly folder: string;
  /** Says in a few words what is being measured now. */
  progress(text: string): void;
}

export interface Bench {
  readonly ids: readonly string[];
  readonly title: string;
  /** Whether it makes devices or namespaces; others also run where user namespaces are forbidden. */
  readonly needsNamespaces: boolean;
  /** Programs that the reference is made of. */
  readonly needsCommands?: readonly string[];
  /** What else it cannot do without and is not here. */
  readonly lacks?: () => string | undefined;
  run(context: BenchContext): Promise<BenchRow[]>;
}
