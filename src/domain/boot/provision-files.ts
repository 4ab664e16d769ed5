/** Turns user data into files under /run/peerpod, and initdata into what the guest components read. */

import { access, chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText, PeerPodError, systemErrorCode } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { deadlineSignal } from '#base/signals.ts';
import { type Bootstrap, bootstrapPath, parseBootstrap } from '#codec/assignment.ts';
import { decodeInitdata, dummyInitdataToml, encodeInitdata } from '#codec/initdata.ts';
import { parseUserData, type UserDataFile } from '#codec/user-data.ts';
import { ensureDirectory, writeFileAtomically } from '#io/files.ts';

export interface UserDataSource {
  readonly name: string;
  fetch(signal: AbortSignal): Promise<string>;
}

export interface ProvisionOptions {
  /** undefined: nothing is fetched, and initdata is still processed. */
  readonly source: UserDataSource | undefined;
  /** Where /run/peerpod is. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** For user data that gives no pod yet: waits for the pod's own. Absent: such user data is refused. */
  readonly awaitAssignment?: (bootstrap: Bootstrap) => Promise<readonly UserDataFile[]>;
}

const retryMs = 5000;
/** User data is untrusted: it may write these files and no others. */
const allowedNames: ReadonlySet<string> = new Set(
  ['aa.toml', 'cdh.toml', 'apf.json', 'auth.json', 'initdata', 'scratch-space.marker'].map(
    (name) => `/run/peerpod/${name}`,
  ),
);
const initdataNames: ReadonlySet<string> = new Set(['aa.toml', 'cdh.toml', 'policy.rego']);

export async function provisionFiles(options: ProvisionOptions): Promise<void> {
  const { directory, log, source } = options;
  ensureDirectory(directory, 0o700);
  await chmod(directory, 0o700); // it may have existed, wider
  if (source) await writeAllowed(await podFiles(await fetchUntilRead(source, options), options), options);
  else log.info({}, 'no source of user data on this machine');
  await provisionInitdata(directory, log);
}

/** The identity for the wait is never written to a file, and nothing beside it is used. */
async function podFiles(
  files: readonly UserDataFile[],
  { awaitAssignment }: ProvisionOptions,
): Promise<readonly UserDataFile[]> {
  const bootstrap = files.find(({ path }) => path === bootstrapPath);
  if (!bootstrap) return files;
  if (!awaitAssignment) throw new PeerPodError('E_USER_DATA', 'this program does not wait for a pod');
  return await awaitAssignment(parseBootstrap(bootstrap.content.reveal()));
}

async function writeAllowed(files: readonly UserDataFile[], { directory, log }: ProvisionOptions): Promise<void> {
  for (const { path, content } of files) {
    if (!allowedNames.has(path)) {
      log.warn({ path: path.slice(0, 200) }, 'path is not allowed, file left out');
      continue;
    }
    await writeFileAtomically(join(directory, path.slice('/run/peerpod/'.length)), content.reveal());
  }
}

/** Tries for the whole time: a metadata service may need minutes, and half-written user data may become whole. */
async function fetchUntilRead(source: UserDataSource, options: ProvisionOptions): Promise<readonly UserDataFile[]> {
  const { clock, log, timeoutMs } = options;
  using limit = deadlineSignal(clock, timeoutMs, `user data from ${source.name}`, options.signal);
  let last: unknown;
  for (;;) {
    try {
      return parseUserData(await source.fetch(limit.signal));
    } catch (error) {
      if (!limit.signal.aborted) {
        last = error;
        log.warn({ source: source.name, error: errorText(error) }, 'user data not readable yet');
      }
    }
    try {
      await sleep(clock, retryMs, limit.signal);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new PeerPodError('E_USER_DATA', `no user data within ${timeoutMs} ms: ${errorText(last ?? error)}`, {
        cause: last ?? error,
      });
    }
  }
}

async function provisionInitdata(directory: string, log: Log): Promise<void> {
  const encoded = (await readIfThere(join(directory, 'initdata'))) ?? encodeInitdata(dummyInitdataToml);
  const initdata = decodeInitdata(encoded);
  for (const [name, content] of initdata.data) {
    if (initdataNames.has(name)) await writeFileAtomically(join(directory, name), content);
    else log.warn({ name: name.slice(0, 200) }, 'initdata file is not known, left out');
  }
  await writeFileAtomically(join(directory, 'initdata.digest'), initdata.digest);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    await access(path);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
