/** pino, set up once: one JSON line an event on stderr, or on a file descriptor of the caller's choice. */

import { type Logger, pino } from 'pino';
import type { Log, LogLevel } from '#base/log.ts';

export interface LogOptions {
  readonly component: string;
  readonly level: LogLevel;
  /** Defaults to 2, stderr: stdout belongs to results. */
  readonly fd?: number;
}

export function openLog(options: LogOptions): Log {
  const logger: Logger = pino(
    { level: options.level, base: { component: options.component }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: options.fd ?? 2, sync: true }),
  );
  return logger;
}
