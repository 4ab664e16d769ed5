/** The environment and command of a container, put together as a kubelet does. */

import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { CONFIG_MAP, SECRET } from '#io/kubernetes/kinds.ts';
import type { ConfigMap, Container, Pod, SecretObject } from '#io/kubernetes/objects.ts';

interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

interface Source {
  readonly name: string;
  readonly optional?: boolean;
}

interface ContainerEnvironment {
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly fieldRef?: { readonly fieldPath: string };
      readonly configMapKeyRef?: KeyRef;
      readonly secretKeyRef?: KeyRef;
    };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: Source; readonly configMapRef?: Source }[];
}

export interface Launch {
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

/** Throws, as the kubelet then waits, for a reference that is not optional and leads nowhere. */
export async function launchOf(api: KubernetesApi, pod: Pod, container: Container, hostIp: string): Promise<Launch> {
  const { env = [], envFrom = [] } = container as ContainerEnvironment;
  const namespace = pod.metadata.namespace ?? '';
  const environment: Record<string, string> = {};
  for (const { secretRef, configMapRef } of envFrom) {
    if (secretRef) Object.assign(environment, await secretData(api, namespace, secretRef));
    if (configMapRef) Object.assign(environment, await configData(api, namespace, configMapRef));
  }
  for (const { name, value, valueFrom } of env) {
    const { fieldRef, configMapKeyRef: map, secretKeyRef: secret } = valueFrom ?? {};
    let text = value === undefined ? undefined : expanded(value, environment);
    if (fieldRef) text = field(pod, fieldRef.fieldPath, hostIp);
    if (map) text = (await configData(api, namespace, map))[map.key];
    if (secret) text = (await secretData(api, namespace, secret))[secret.key];
    if (text !== undefined) environment[name] = text;
  }
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  return { environment, command: words.map((word) => expanded(word, environment)) };
}

/** `$(NAME)`; what is not known stays as it is. */
function expanded(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$\((\w+)\)/g, (whole, name: string) => environment[name] ?? whole);
}

function field(pod: Pod, path: string, hostIp: string): string {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  const known: Readonly<Record<string, string>> = {
    'metadata.name': name,
    'metadata.namespace': namespace,
    'metadata.uid': uid,
    'spec.nodeName': pod.spec.nodeName ?? '',
    'status.hostIP': hostIp,
  };
  const value = known[path];
  if (value === undefined) throw new Error(`no fieldRef ${path} in this kubelet`);
  return value;
}

async function configData(api: KubernetesApi, namespace: string, { name, optional }: Source) {
  const found = await api.get<ConfigMap>({ kind: CONFIG_MAP, namespace, name });
  if (!found && !optional) throw new Error(`no ConfigMap ${name}`);
  return found?.data ?? {};
}

async function secretData(api: KubernetesApi, namespace: string, { name, optional }: Source) {
  const found = await api.get<SecretObject>({ kind: SECRET, namespace, name });
  if (!found && !optional) throw new Error(`no Secret ${name}`);
  const entries = Object.entries(found?.data ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}
