/** pino, set up once: one JSON line an event on stderr, or on a file descriptor of the caller's choice. */

import { type Logger, pino } from 'pino';
import { errorText, isPeerPodError, systemErrorCode } from '#base/errors.ts';
import type { Log, LogLevel } from '#base/log.ts';
import type { RecentLines } from '#base/recent-lines.ts';
import { redacted } from '#base/redact.ts';
import { Secret } from '#base/secret.ts';

export interface LogOptions {
  readonly component: string;
  readonly level: LogLevel;
  /** Defaults to 2, stderr: stdout belongs to results. */
  readonly fd?: number;
  /** Gets each line as well. */
  readonly recent?: RecentLines;
}

export function openLog(options: LogOptions): Log {
  const logger: Logger = pino(
    {
      level: options.level,
      base: { component: options.component },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: loggable, bindings: loggable },
      // pino's own would write an error with all its fields, and those of an SDK hold the request.
      serializers: { err: asIs, error: asIs, req: asIs, res: asIs },
    },
    destination(options),
  );
  return logger;
}

function destination({ fd = 2, recent }: LogOptions) {
  const written = pino.destination({ fd, sync: true });
  if (!recent) return written;
  return {
    write(line: string) {
      recent.add(line.trimEnd());
      written.write(line);
    },
  };
}

const asIs = (value: unknown) => value;
const textLengthMax = 2000;
const causesMax = 4;
const depthMax = 4;

/** Texts with a bound and without private keys, errors without their fields, bytes as their number. */
export function loggable(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, loggableValue(value, 1)]));
}

function loggableValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return loggableText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return loggableError(value);
  if (value instanceof Secret) return String(value);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth >= depthMax) return '…';
  if (Array.isArray(value)) return value.map((entry) => loggableValue(entry, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, loggableValue(entry, depth + 1)]));
}

/** Code and message, and those of what caused it. */
function loggableError(error: Error): object {
  const causes: string[] = [];
  let cause = error.cause;
  for (; cause !== undefined && causes.length < causesMax; cause = cause instanceof Error ? cause.cause : undefined) {
    causes.push(loggableText(errorText(cause)));
  }
  const code = isPeerPodError(error) ? error.code : systemErrorCode(error);
  return {
    ...(code !== undefined && { code }),
    message: loggableText(errorText(error)),
    ...(causes.length > 0 && { causes }),
  };
}

/** Foreign messages quote what they were given. */
function loggableText(text: string): string {
  const safe = redacted(text);
  return safe.length <= textLengthMax ? safe : `${safe.slice(0, textLengthMax)}… (${safe.length} characters)`;
}
