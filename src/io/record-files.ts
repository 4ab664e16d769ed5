/** The files that durable records are kept in, as an argument: a simulation has a disk of its own that tears and fails. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import { appendDurably, namesIn, writeFileAtomically } from './files.ts';

export interface RecordFiles {
  /** A new file, whole and durable or not there; its folder is made. */
  write(folder: string, name: string, text: string): Promise<void>;
  /** Adds to a file that exists: durable once it resolves, a part of it may be there when it did not. */
  append(folder: string, name: string, text: string): Promise<void>;
  /** Fine when there is none. */
  remove(folder: string, name: string): Promise<void>;
  /** None when there is no such folder. */
  names(folder: string): Promise<readonly string[]>;
  read(folder: string, name: string): Promise<string>;
}

export const diskFiles: RecordFiles = {
  async write(folder, name, text) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFileAtomically(`${folder}/${name}`, text);
  },
  append: (folder, name, text) => appendDurably(`${folder}/${name}`, text),
  remove: (folder, name) => rm(`${folder}/${name}`, { force: true }),
  names: namesIn,
  read: (folder, name) => readFile(`${folder}/${name}`, 'utf8'),
};
