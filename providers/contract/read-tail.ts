/** The end of a file that grows, such as a console's. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** At most `bytesMax` bytes as text, from the begin of a character; '' when there is no file. */
export function readTail(path: string, bytesMax: number): string {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const length = Math.min(size, bytesMax);
    const bytes = Buffer.alloc(length);
    const read = readSync(fd, bytes, 0, length, size - length);
    let start = 0;
    if (length < size) while (start < read && isContinuation(bytes[start])) start += 1;
    return bytes.subarray(start, read).toString('utf8');
  } finally {
    closeSync(fd);
  }
}

/** A later byte of a character in UTF-8. */
const isContinuation = (byte = 0) => (byte & 0xc0) === 0x80;
