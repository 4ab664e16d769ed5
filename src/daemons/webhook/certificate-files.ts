/** A certificate in files that somebody else renews: cert-manager or service-ca, through a Secret that is mounted. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { CertificateSource, CertificateSourceOptions } from './certificate-source.ts';
import type { ShownCertificate } from './https-server.ts';

/** The kubelet replaces the symbolic link `..data`, which only its directory tells of; not every file system does. */
const lookEveryMs = 10_000;
/** tls.crt and tls.key may be replaced one after the other. */
const settleMs = 100;

export interface CertificateFilesOptions extends CertificateSourceOptions {
  readonly directory: string;
}

/** Begins to look; a pair that does not fit together, or is none, is looked at again and the one before stays. */
export function watchCertificateFiles(options: CertificateFilesOptions): CertificateSource {
  const { directory, clock, log, onRead, onShown } = options;
  const tasks = new TaskScope((error) => log.error({ error }, 'the certificate is watched no more'));
  const look = new Looking(clock);
  let shown = '';
  let complaint = '';
  tasks.run('certificate files', async (signal) => {
    using watcher = new DirectoryWatcher(directory, log, () => look.soon());
    for (; !signal.aborted; await look.pause(shown === '' ? 1000 : lookEveryMs, signal)) {
      watcher.begin();
      try {
        const pair = await readPair(directory);
        const text = `${pair.certPem}${pair.key.reveal()}`;
        if (text !== shown) {
          onShown(pair);
          shown = text;
          onRead(true);
        }
        complaint = '';
      } catch (error) {
        onRead(false);
        if (errorText(error) !== complaint) log.warn({ error, directory }, 'no usable certificate');
        complaint = errorText(error);
      }
    }
  });
  return { close: () => tasks[Symbol.asyncDispose]() };
}

/** A wait that ends early when something has happened, and a little later than that. */
class Looking {
  readonly #clock: Clock;
  #wake: (() => void) | undefined;
  #isDue = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  soon(): void {
    this.#isDue = true;
    this.#wake?.();
  }

  async pause(delayMs: number, signal: AbortSignal): Promise<void> {
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    if (this.#isDue) woken.resolve();
    const stop = new AbortController();
    const waits = sleep(this.#clock, delayMs, AbortSignal.any([signal, stop.signal])).catch(() => {});
    await Promise.race([waits, woken.promise]);
    stop.abort();
    this.#wake = undefined;
    if (!this.#isDue) return;
    this.#isDue = false;
    await sleep(this.#clock, settleMs, signal).catch(() => {});
  }
}

/** The directory itself may come late, or be replaced. */
class DirectoryWatcher implements Disposable {
  readonly #directory: string;
  readonly #log: Log;
  readonly #onChange: () => void;
  #watcher: FSWatcher | undefined;

  constructor(directory: string, log: Log, onChange: () => void) {
    this.#directory = directory;
    this.#log = log;
    this.#onChange = onChange;
  }

  begin(): void {
    if (this.#watcher) return;
    try {
      this.#watcher = watch(this.#directory, () => this.#onChange());
      this.#watcher.on('error', () => this[Symbol.dispose]());
    } catch (error) {
      this.#log.debug({ error }, 'the certificate directory is only looked at from time to time');
    }
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

async function readPair(directory: string): Promise<ShownCertificate> {
  let texts: readonly [string, string];
  try {
    texts = await Promise.all([
      readFile(join(directory, 'tls.crt'), 'utf8'),
      readFile(join(directory, 'tls.key'), 'utf8'),
    ]);
  } catch (error) {
    throw asPeerPodError(error, 'E_TLS_MATERIAL', `read tls.crt and tls.key in ${directory}`);
  }
  const [certPem, keyPem] = texts;
  const key = new Secret(keyPem);
  try {
    if (new X509Certificate(certPem).checkPrivateKey(createPrivateKey(keyPem))) return { certPem, key };
  } catch (error) {
    throw new PeerPodError('E_TLS_MATERIAL', `tls.crt or tls.key in ${directory} is unreadable`, { cause: error });
  }
  throw new PeerPodError('E_TLS_MATERIAL', `tls.key in ${directory} is not the key of tls.crt`);
}
