/** The heap of the C library, in which TLS and sockets have their memory: what is free in it, V8's collections never see. */

import { loadAddon } from './load.ts';

interface NativeHeap {
  trim(): boolean;
}

// At the start: who wants it later must not find out then that it was not built
const heap = loadAddon<NativeHeap>('heap');

/** Gives free memory back to the kernel, also from between what is in use; whether there was any. Takes some milliseconds. */
export function trimHeap(): boolean {
  return heap.trim();
}
