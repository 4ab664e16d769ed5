/** The Debian packages that a root file system says it has. */

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** Reads /var/lib/dpkg/status; what is only configured or half removed is left out. */
export function readDpkgStatus(text: string): readonly InstalledPackage[] {
  return text
    .split('\n\n')
    .map((stanza) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
      return {
        state: field('Status'),
        name: field('Package'),
        version: field('Version'),
        architecture: field('Architecture'),
      };
    })
    .filter(({ state, name, version }) => state === 'install ok installed' && name !== '' && version !== '')
    .map(({ name, version, architecture }) => ({ name, version, architecture }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
