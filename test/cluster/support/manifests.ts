/** Objects as files hold them, put on a server. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { KubeObject, KubernetesApi } from '#io/kubernetes/api.ts';
import { CRD, keyOf, kindOf } from '#io/kubernetes/kinds.ts';
import { root } from '../../support/sources.ts';

export function objectsIn(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((value): value is KubeObject => typeof value === 'object' && value !== null);
}

/** Server-side apply of any kind that the tables know. */
export async function applyObject<T extends KubeObject>(api: KubernetesApi, object: T): Promise<T> {
  const kind = kindOf(object);
  if (!kind) throw new Error(`no kind ${object.apiVersion} ${object.kind} in the table`);
  return await api.patch<T>(keyOf(object, kind), { type: 'apply', body: object, fieldManager: 'install', force: true });
}

/** The chart's own files; resolves when the server serves them. */
export async function installCrds(api: KubernetesApi): Promise<readonly KubeObject[]> {
  const folder = join(root, 'chart/crds');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const applied = await Promise.all(texts.flatMap(objectsIn).map((crd) => applyObject(api, crd)));
  for (const { metadata } of applied) await untilEstablished(api, metadata.name ?? '');
  return applied;
}

async function untilEstablished(api: KubernetesApi, name: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const crd = await api.get({ kind: CRD, name });
    // A definition that nobody has looked at yet has `conditions: null`.
    const { conditions } = (crd?.status ?? {}) as {
      readonly conditions?: readonly { type: string; status: string }[] | null;
    };
    if (conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) return;
    await pause(100);
  }
  throw new Error(`the kind ${name} is not served`);
}
