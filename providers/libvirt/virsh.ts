/** Commands to libvirt through virsh, and the one place where its words become errors of the contract. */

import { spawn } from 'node:child_process';
import { abortedError, ProviderError, type ProviderErrorCode } from '@peerpods/provider';

/** Uploads to a host far away take longest. */
const commandMsMax = 120_000;
const outputBytesMax = 4 * 1024 * 1024;
const errorCharactersMax = 1000;
/** Each is a process and a connection. */
const commandsMax = 8;

/** What virsh says in the C locale; the first that matches counts. */
const meanings: readonly (readonly [RegExp, ProviderErrorCode])[] = [
  [/failed to get domain|Domain not found|no domain with matching/i, 'not-found'],
  [/Storage volume not found|failed to get vol/i, 'not-found'],
  [/Storage pool not found|failed to get pool|Network not found|failed to get network/i, 'invalid-configuration'],
  [/authentication failed|Permission denied|access denied|Host key verification failed/i, 'auth'],
  [/cannot allocate memory|No space left on device|not enough free/i, 'no-capacity'],
  [/XML error|unsupported configuration|invalid argument/i, 'invalid-configuration'],
];

export class Virsh {
  readonly #uri: string;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(uri: string) {
    this.#uri = uri;
  }

  /** What the command prints. Errors carry virsh's words; `input` goes to its stdin. */
  async run(words: readonly string[], signal: AbortSignal, input = ''): Promise<string> {
    if (signal.aborted) throw abortedError(signal);
    if (this.#running < commandsMax) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve)); // a place is handed over, not freed
    try {
      return await this.#spawn(words, signal, input);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #spawn(words: readonly string[], signal: AbortSignal, input: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn('virsh', ['--quiet', '--connect', this.#uri, ...words], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...environment(), LC_ALL: 'C' },
        timeout: commandMsMax,
        killSignal: 'SIGKILL',
        signal,
      });
      let [output, errors] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.length > outputBytesMax) child.kill('SIGKILL');
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (errors.length < errorCharactersMax) errors += text;
      });
      child.stdin.on('error', () => {}); // a command that needs no input may have ended
      child.stdin.end(input);
      child.once('error', (cause) => reject(signal.aborted ? abortedError(signal) : startError(cause)));
      child.once('close', (code, killed) => {
        if (signal.aborted) reject(abortedError(signal));
        else if (code === 0) resolve(output);
        else reject(virshError(words, code, killed, errors));
      });
    });
  }
}

function startError(cause: NodeJS.ErrnoException): ProviderError {
  const code = cause.code === 'ENOENT' ? 'invalid-configuration' : 'transient';
  return new ProviderError(code, `virsh (libvirt-clients) could not be started: ${cause.message}`, { cause });
}

export function virshError(
  words: readonly string[],
  code: number | null,
  killed: NodeJS.Signals | null,
  errors: string,
): ProviderError {
  const said = errors
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trim())
    .filter(Boolean)
    .join('; ')
    .slice(0, errorCharactersMax);
  if (killed !== null) return new ProviderError('transient', `virsh ${words[0]} was ended by ${killed}`);
  const meaning = meanings.find(([pattern]) => pattern.test(said))?.[1] ?? 'transient';
  return new ProviderError(meaning, `virsh ${words[0]}: ${said || `exit code ${code}`}`);
}

/** ssh transports read it: keys, agent, known hosts. */
function environment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'USER', 'SSH_AUTH_SOCK', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
