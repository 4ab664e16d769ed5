/** Keys that exist while pods live, and the search for them where none may be: files that stay, the logs, the terminal. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const privateKey = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/;

function plainFilesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return plainFilesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it was just deleted
  }
}

export class SecretWatch {
  readonly #fragments = new Set<string>();

  get count(): number {
    return this.#fragments.size;
  }

  /** Remembers a line of each private key that is in a file now: enough to know it again anywhere, in any wrapping. */
  learn(folder: string): void {
    for (const path of plainFilesBelow(folder)) {
      const text = read(path);
      const at = privateKey.exec(text);
      if (!at) continue;
      const body = text.slice(at.index + at[0].length).replace(/\\n|\s/g, '');
      this.#fragments.add(body.slice(52, 84)); // past the 36 bytes that every P-256 key begins with
    }
  }

  isIn(text: string): boolean {
    if (privateKey.test(text)) return true;
    const compact = text.replace(/\\n|\s/g, '');
    return [...this.#fragments].some((fragment) => compact.includes(fragment));
  }

  /** Files below `folder` in which a private key is, any key or a remembered one. */
  found(folder: string): string[] {
    return plainFilesBelow(folder)
      .filter((path) => this.isIn(read(path)))
      .map((path) => `secret in ${path}`);
  }
}
