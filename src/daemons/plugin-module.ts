/** A provider plugin that is an ES module: the bytes that were hashed are the bytes that run. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { decorate, ProviderError, type ProviderErrorDetails, type ProviderModule } from '@peerpods/provider';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { PluginSettings } from './plugin-settings.ts';

/** Of the contract between adaptor and plugin; a plugin exports the version that it was written for. */
export const pluginApiVersion = 1;

const contract = '@peerpods/provider';
const fileExtensions = /\.(?:mjs|js|mts|ts)$/;

/** Whether it is imported; anything else that is a file is run. A package's name is neither absolute nor `./…`. */
export function isModulePlugin(path: string): boolean {
  return fileExtensions.test(path) || !/^\.{0,2}\//.test(path);
}

/** Throws E_SETTING that says what is wrong with the plugin. */
export async function loadModulePlugin({ path, hash, arguments: words }: PluginSettings): Promise<ProviderModule> {
  if (words.length > 0) refuse(`the plugin ${path} is a module: it takes options, no arguments behind --`);
  const url = urlOf(path);
  const file = fileURLToPath(url);
  const bytes = await readFile(file).catch((cause: unknown) => refuse(`the plugin ${path} cannot be read`, cause));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (hash !== undefined && found !== hash) refuse(`the plugin ${path} has the SHA-256 ${found}, not ${hash}`);
  const exported = await importBytes(url, bytes).catch((cause: unknown) =>
    refuse(`the plugin ${path} cannot be loaded: ${errorText(cause)}`, cause),
  );
  const module = checkedModule(exported, path);
  return {
    ...module,
    async open(values, host) {
      const provider = await module.open(values, host).catch(rethrown);
      return decorate(provider, (call, work) => work({ signal: call.signal }).catch(rethrown));
    },
  };
}

function urlOf(path: string): string {
  if (fileExtensions.test(path)) return pathToFileURL(resolve(path)).href;
  try {
    return import.meta.resolve(path);
  } catch (cause) {
    return refuse(`the plugin package ${path} is not installed beside the adaptor`, cause);
  }
}

/**
 * Imports `bytes` under the file's own URL, so that its imports resolve from where it lies. The contract resolves to the
 * adaptor's own, wherever the plugin lies: one ProviderError for both.
 */
async function importBytes(url: string, bytes: Buffer): Promise<Readonly<Record<string, unknown>>> {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === contract ? next(specifier, { ...context, parentURL: import.meta.url }) : next(specifier, context),
    load: (loaded, context, next) =>
      loaded === url
        ? { format: /ts$/.test(url) ? 'module-typescript' : 'module', source: bytes, shortCircuit: true }
        : next(loaded, context),
  });
  return (await import(url)) as Readonly<Record<string, unknown>>;
}

function checkedModule(exported: Readonly<Record<string, unknown>>, path: string): ProviderModule {
  const { apiVersion, provider } = exported;
  if (apiVersion !== pluginApiVersion) {
    const told = apiVersion === undefined ? 'no apiVersion' : `apiVersion ${String(apiVersion)}`;
    refuse(`the plugin ${path} exports ${told}, the adaptor needs ${pluginApiVersion}`);
  }
  const module = provider as Partial<ProviderModule> | undefined;
  const sound =
    typeof module === 'object' &&
    typeof module.name === 'string' &&
    typeof module.summary === 'string' &&
    typeof module.userDataBytesMax === 'number' &&
    typeof module.open === 'function' &&
    Array.isArray(module.options);
  return sound ? (module as ProviderModule) : refuse(`the plugin ${path} exports no provider that keeps the contract`);
}

/** A bundled plugin has a copy of the contract in it, and its errors are of that copy's class. */
function rethrown(error: unknown): never {
  if (!(error instanceof Error) || error instanceof ProviderError || error.name !== 'ProviderError') throw error;
  const { code, retryAfterMs, podVmId, scope } = error as Error & Omit<ProviderError, keyof Error>;
  const details: ProviderErrorDetails = {
    cause: error,
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(typeof podVmId === 'string' && { podVmId }),
    ...(typeof scope === 'string' && { scope }),
  };
  throw new ProviderError(code, error.message, details);
}

function refuse(message: string, cause?: unknown): never {
  throw new PeerPodError('E_SETTING', message, cause === undefined ? undefined : { cause });
}
