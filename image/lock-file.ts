/** The npm packages that are installed without those for development, from package-lock.json (version 3). */

export interface NpmPackage {
  /** Where it lies: node_modules/NAME, or below another package. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  /** As the lock file says it: sha512-BASE64. */
  readonly integrity: string | undefined;
  /** Paths of what it needs. */
  readonly needs: readonly string[];
}

interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The root is not among them; workspaces are, by the folder they lie in. */
export function installedPackages(lock: unknown, isDropped: (path: string) => boolean): readonly NpmPackage[] {
  const { lockfileVersion, packages } = lock as {
    lockfileVersion: number;
    packages: Readonly<Record<string, LockEntry>>;
  };
  if (lockfileVersion !== 3) throw new Error(`package-lock.json has version ${lockfileVersion}, not 3`);
  const installed = Object.entries(packages).filter(
    ([path, entry]) => path !== '' && !entry.dev && !entry.link && !isDropped(path),
  );
  const there = new Set(installed.map(([path]) => path));
  return installed.map(([path, entry]) => ({
    path,
    name: entry.name ?? path.replace(/^.*node_modules\//, ''),
    version: entry.version ?? '0.0.0',
    license: entry.license,
    integrity: entry.integrity,
    needs: neededPaths(packages, path).filter((other) => there.has(other)),
  }));
}

/** Node's own way: beside the one who asks, then in each node_modules above it. */
export function neededPaths(packages: Readonly<Record<string, LockEntry>>, path: string): readonly string[] {
  const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {};
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return names.flatMap((name) => {
    for (let folder = path; ; folder = folder.replace(/\/?(?:node_modules\/(?:@[^/]+\/)?)?[^/]+$/, '')) {
      const found = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
      const entry = packages[found];
      if (entry) return [entry.link ? (entry.resolved ?? found) : found];
      if (folder === '') return [];
    }
  });
}
