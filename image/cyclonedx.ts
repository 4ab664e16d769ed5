/** The image's parts as a CycloneDX 1.6 document: what scanners for vulnerabilities and licences read. */

import { createHash } from 'node:crypto';
import type { InstalledPackage } from './dpkg-status.ts';
import type { NpmPackage } from './lock-file.ts';

export interface ImageParts {
  readonly version: string;
  /** Of Node. */
  readonly runtime: string;
  readonly npm: readonly NpmPackage[];
  readonly debian: readonly InstalledPackage[];
}

/** The same parts give the same text: it carries no time and no chance. */
export function cycloneDx({ version, runtime, npm, debian }: ImageParts): string {
  const references = new Map(npm.map((one) => [one.path, `${npmUrl(one)}#${one.path}`]));
  const product = 'peerpods';
  const node = `pkg:npm/node@${runtime}`;
  const packages = npm.map((one) => ({ ...npmComponent(one), 'bom-ref': references.get(one.path) ?? one.path }));
  const components = [
    { type: 'platform', 'bom-ref': node, name: 'node', version: runtime, purl: node, licenses: licences('MIT') },
    ...packages,
    ...debian.map(debianComponent),
  ];
  const dependencies = [
    { ref: product, dependsOn: components.map((component) => component['bom-ref']) },
    ...npm.map((one) => ({
      ref: references.get(one.path) ?? one.path,
      dependsOn: [...new Set(one.needs.map((path) => references.get(path) ?? path))],
    })),
  ];
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify({ version, components }))}`,
    version: 1,
    metadata: {
      component: {
        type: 'container',
        'bom-ref': product,
        name: 'peerpods',
        version,
        licenses: licences('Apache-2.0'),
      },
    },
    components,
    dependencies,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function npmUrl({ name, version }: NpmPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function npmComponent(one: NpmPackage) {
  const [algorithm = '', digest = ''] = one.integrity?.split('-') ?? [];
  const isOurs = one.integrity === undefined;
  return {
    type: 'library',
    name: one.name,
    version: one.version,
    ...(!isOurs && { purl: npmUrl(one) }),
    ...(algorithm === 'sha512' && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
    ...(one.license !== undefined && { licenses: licences(one.license) }),
  };
}

function debianComponent({ name, version, architecture }: InstalledPackage) {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
  return { type: 'library', 'bom-ref': purl, name, version, purl };
}

/** An expression goes for every text that SPDX knows, one licence or many. */
function licences(expression: string) {
  return [/^[\w.+() -]+$/.test(expression) ? { expression } : { license: { name: expression } }];
}

/** Version 8 of RFC 9562: bits of one's own choice. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
