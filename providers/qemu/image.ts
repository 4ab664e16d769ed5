/** The image that machines boot: the files that `make podvm` built, found by their manifest. */

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ProviderError } from '@peerpods/provider';

export interface Image {
  readonly kernel: string;
  readonly initrd: string;
  /** A read-only file system, shared by all machines. */
  readonly root: string;
}

/** `name` is what a pod asks for: an image in a folder beside the default one. */
export function findImage(defaultFolder: string, name: string | undefined): Image {
  const folder = name === undefined || name === '' ? defaultFolder : sibling(defaultFolder, name);
  const manifest = join(folder, 'manifest.json');
  if (!existsSync(manifest)) {
    throw new ProviderError('invalid-configuration', `${folder} holds no pod VM image (\`make podvm\` builds one)`);
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown };
  if (version !== 1) throw new ProviderError('invalid-configuration', `${manifest} is not of version 1`);
  const file = (entry: string) => {
    const path = join(folder, entry);
    if (!existsSync(path)) throw new ProviderError('invalid-configuration', `the image lacks ${path}`);
    return path;
  };
  return { kernel: file('vmlinuz'), initrd: file('initrd.cpio'), root: file('root.erofs') };
}

function sibling(defaultFolder: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || basename(name) !== name) {
    throw new ProviderError('invalid-configuration', `image ${JSON.stringify(name)} is not the name of a folder`);
  }
  return join(dirname(defaultFolder), name);
}
