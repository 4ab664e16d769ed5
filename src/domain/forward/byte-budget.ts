/** A bound on bytes that are kept back: for one holder, and with `parent` for all holders together. */

export class ByteBudget {
  readonly #bytesMax: number;
  readonly #parent: ByteBudget | undefined;
  #heldBytes = 0;

  constructor(bytesMax: number, parent?: ByteBudget) {
    this.#bytesMax = bytesMax;
    this.#parent = parent;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** False: they do not fit, and nothing was taken. */
  take(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#bytesMax) return false;
    if (this.#parent && !this.#parent.take(bytes)) return false;
    this.#heldBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes;
    this.#parent?.give(bytes);
  }
}
