/** One call to one process of a plugin: with a deadline, and cancelled there when the caller leaves. */

import type { ClientUnaryCall } from '@grpc/grpc-js';
import { abortedError, type ProviderError } from '@peerpods/provider';
import { translateStatus } from './errors.ts';
import type { Program } from './program.ts';
import type { EventStream, UnaryMethod } from './protocol.ts';

export interface PluginCall {
  readonly signal: AbortSignal;
  readonly msMax: number;
}

type Callback = (error: Error | null, answer?: unknown) => void;
type Unary = (request: object, options: { readonly deadline: number }, callback: Callback) => ClientUnaryCall;
type Streaming = (request: object) => EventStream;

function methodOf<T>(program: Program, name: string): T {
  const method = (program.provider as unknown as Readonly<Record<string, unknown>>)[name];
  if (typeof method !== 'function') throw new TypeError(`no method ${name}`);
  return method.bind(program.provider) as T;
}

/** Throws ProviderError: `aborted` at once when `signal` ends, `transient` when the process dies or the time is up. */
export function callPlugin(
  program: Program,
  name: UnaryMethod,
  request: object,
  { signal, msMax }: PluginCall,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortedError(signal));
    const settle: Callback = (error, answer) => {
      signal.removeEventListener('abort', onAbort);
      if (error) reject(signal.aborted ? abortedError(signal) : translateStatus(error, name));
      else resolve(answer);
    };
    const call = methodOf<Unary>(program, name)(request, { deadline: Date.now() + msMax }, settle);
    const onAbort = () => call.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Until `signal` ends (then it resolves) or the stream does. */
export function watchPlugin(
  program: Program,
  request: object,
  listener: (event: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = methodOf<Streaming>(program, 'WatchEvents')(request);
    const onAbort = () => stream.cancel();
    const settle = (error?: ProviderError) => {
      signal.removeEventListener('abort', onAbort);
      if (error && !signal.aborted) reject(error);
      else resolve();
    };
    stream.on('data', (event) => {
      try {
        listener(event);
      } catch (error) {
        settle(translateStatus(error, 'WatchEvents'));
        stream.cancel();
      }
    });
    stream.once('error', (error) => settle(translateStatus(error, 'WatchEvents')));
    stream.once('end', () => settle());
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
