/** Finds what native/build.sh built. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** `T` is what the C file exports. Throws when it was not built. */
export function loadAddon<T>(name: string): T {
  const path = fileURLToPath(new URL(`./build/${name}.node`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`make build\` (or native/build.sh) first`);
  return createRequire(import.meta.url)(path) as T;
}
