/** The version of all programs of this package. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}
