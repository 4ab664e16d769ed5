/** How many bytes may be kept back, by one holder and with `parent` by all together; what does not fit is refused. */

export class ByteAllowance {
  readonly #bytesMax: number;
  readonly #parent: ByteAllowance | undefined;
  #heldBytes = 0;

  constructor(bytesMax: number, parent?: ByteAllowance) {
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
