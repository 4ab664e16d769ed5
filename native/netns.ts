/** Network namespaces: an open one as a handle, and named ones created and deleted like `ip netns` does. */

import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rouse, runJob } from './addon.ts';
import { NetlinkError } from './errors.ts';

/** An open network namespace. Disposing while jobs use it closes the fd when the last of them is done. */
export class Netns implements Disposable {
  readonly path: string;
  readonly #fd: number;
  #users = 0;
  #disposed = false;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  get fd(): number {
    if (this.#disposed) throw new TypeError(`network namespace ${this.path} is used after its disposal`);
    return this.#fd;
  }

  /** Keeps the fd open until the returned function is called. */
  hold(): () => void {
    if (this.#disposed) throw new TypeError(`network namespace ${this.path} is used after its disposal`);
    this.#users++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#users--;
      this.#closeIfUnused();
    };
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#disposed && this.#users === 0) closeSync(this.#fd);
  }
}

/** Throws Node's ENOENT when there is no such file. `path` may also be /proc/PID/ns/net. */
export function openNetns(path: string): Netns {
  const netns = new Netns(path, openSync(path, 'r'));
  rouse('brief'); // who opens one has something to ask it
  return netns;
}

/** Makes a new, empty network namespace and mounts it at `path`. EEXIST when something is there already. */
export async function createNetns(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const { errno, attempted } = await runJob('brief', (addon) => addon.createNetns(path));
  if (errno !== 0) throw new NetlinkError(`create network namespace ${path}: ${attempted}`, errno);
}

/** Unmounts and removes `path`; one that is gone is fine. The namespace ends with its last user. */
export async function deleteNetns(path: string): Promise<void> {
  const { errno, attempted } = await runJob('lingering', (addon) => addon.deleteNetns(path));
  if (errno !== 0) throw new NetlinkError(`delete network namespace ${path}: ${attempted}`, errno);
}
