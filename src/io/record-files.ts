/** The files that durable records are kept in, as an argument: a simulation has a disk of its own that tears and fails. */

import { readFile, rm } from 'node:fs/promises';
import { appendToFile, ensureDirectory, namesIn, writeFileAtomically } from './files.ts';

export interface RecordFiles {
  /** A new file, whole and durable or not there; its folder is made. */
  write(folder: string, name: string, text: string): Promise<void>;
  /**
   * Adds to a file that exists; a part of it may be there when it did not resolve. With `isDurable` it is on disk once it
   * resolves; without, a loss of power may take it, the end of a process does not.
   */
  append(folder: string, name: string, text: string, isDurable: boolean): Promise<void>;
  /** Fine when there is none. */
  remove(folder: string, name: string): Promise<void>;
  /** None when there is no such folder. */
  names(folder: string): Promise<readonly string[]>;
  read(folder: string, name: string): Promise<string>;
}

export const diskFiles: RecordFiles = {
  async write(folder, name, text) {
    ensureDirectory(folder);
    await writeFileAtomically(`${folder}/${name}`, text);
  },
  append: (folder, name, text, isDurable) => appendToFile(`${folder}/${name}`, text, isDurable),
  remove: (folder, name) => rm(`${folder}/${name}`, { force: true }),
  names: namesIn,
  read: (folder, name) => readFile(`${folder}/${name}`, 'utf8'),
};
