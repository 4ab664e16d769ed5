/** auth.json: registry credentials for the pod VM, merged from image pull secrets. */

import { PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';

/** The two kinds of pull secret, as text. */
export interface PullSecret {
  readonly kind: 'dockerconfigjson' | 'dockercfg';
  readonly text: Secret<string>;
}

/** Larger ones are left out of user data, and the pod starts without. */
export const registryAuthBytesMax = 12_288;

/** Registries as the secret names them. Holds credentials. */
export type RegistryAuths = ReadonlyMap<string, { readonly auth: string }>;

/** Throws E_DECODE, and quotes nothing. */
export function decodePullSecret(secret: PullSecret): RegistryAuths {
  const auths = new Map<string, { readonly auth: string }>();
  for (const [registry, entry] of Object.entries(registries(secret))) {
    const auth = entryAuth(entry);
    if (auth !== undefined) auths.set(registry, { auth });
  }
  return auths;
}

/** Later ones override earlier ones per registry: give the service account's first, then the pod's. */
export function encodeRegistryAuth(
  secrets: readonly RegistryAuths[],
  isNeeded: (registry: string) => boolean = () => true,
): Secret<string> | undefined {
  const auths = new Map(secrets.flatMap((secret) => [...secret]).filter(([registry]) => isNeeded(registry)));
  return auths.size === 0 ? undefined : new Secret(JSON.stringify({ auths: Object.fromEntries(auths) }));
}

function registries(secret: PullSecret): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(secret.text.reveal());
  } catch {
    throw new PeerPodError('E_DECODE', 'an image pull secret is not JSON');
  }
  const root = asFields(json);
  return asFields(secret.kind === 'dockercfg' ? root : (root.auths ?? {}));
}

function entryAuth(value: unknown): string | undefined {
  const { username, password, auth } = asFields(value);
  if (typeof username === 'string' && username !== '' && typeof password === 'string' && password !== '') {
    return Buffer.from(`${username}:${password}`).toString('base64');
  }
  return typeof auth === 'string' && auth !== '' ? auth : undefined;
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new PeerPodError('E_DECODE', 'an image pull secret is not an object where one is due');
}
