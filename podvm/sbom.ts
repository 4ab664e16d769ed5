/** What an image is made of, as an SPDX 2.3 document: Debian packages, npm packages, Node, the agent. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentSource } from './agent.ts';
import type { DebianPackage } from './packages.ts';

const root = join(import.meta.dirname, '..');

export interface SbomParts {
  readonly packages: readonly DebianPackage[];
  readonly agent: AgentSource | undefined;
  /** Bundled source files, relative to the repository. */
  readonly sources: readonly string[];
  readonly version: string;
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly sha256?: string;
  readonly from?: string;
}

/** The same parts give the same text: it carries no time and no chance. */
export function encodeSbom({ packages, agent, sources, version }: SbomParts): string {
  const components: readonly Component[] = [
    { name: 'peerpods', version },
    { name: 'node', version: process.version.slice(1), purl: `pkg:npm/node@${process.version.slice(1)}` },
    ...npmPackages(sources).map(({ name, version: own }) => ({ name, version: own, purl: npmPurl(name, own) })),
    ...packages.map(debianComponent),
    ...(agent ? [{ name: 'kata-agent', version: 'NOASSERTION', sha256: agent.sha256, from: agent.origin }] : []),
  ];
  const described = components.map(describe);
  const digest = createHash('sha256').update(JSON.stringify(described)).digest('hex');
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'peerpods-podvm',
    documentNamespace: `https://peerpods.invalid/spdx/podvm-${digest}`,
    creationInfo: { created: '1970-01-01T00:00:00Z', creators: ['Tool: peerpods-podvm'] },
    packages: described,
    relationships: described.map(({ SPDXID }) => ({
      spdxElementId: 'SPDXRef-DOCUMENT',
      relationshipType: 'DESCRIBES',
      relatedSpdxElement: SPDXID,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function describe({ name, version, purl, sha256, from }: Component) {
  return {
    SPDXID: `SPDXRef-${`${name}-${version}`.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`,
    name,
    versionInfo: version,
    downloadLocation: from !== undefined && /^https?:/.test(from) ? from : 'NOASSERTION',
    filesAnalyzed: false,
    ...(sha256 !== undefined && { checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }] }),
    ...(purl !== undefined && {
      externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
    }),
  };
}

function debianComponent({ name, version, architecture, sha256 }: DebianPackage): Component {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
  return { name, version, purl, sha256 };
}

function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** Those of which a file is in the bundle. */
function npmPackages(sources: readonly string[]): readonly { readonly name: string; readonly version: string }[] {
  const folders = new Set(
    sources
      .map((path) => /^.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[0])
      .filter((folder) => folder !== undefined),
  );
  return [...folders].toSorted().flatMap((folder) => {
    const manifest = join(root, folder, 'package.json');
    if (!existsSync(manifest)) throw new Error(`${dirname(manifest)} has no package.json`);
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string; version: string };
    return [{ name, version }];
  });
}
