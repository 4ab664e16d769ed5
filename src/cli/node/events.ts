/** What happened to this worker's pods lately, from the adaptor's log. Pure. */

export interface NodeEvent {
  readonly time: string;
  readonly level: string;
  readonly sandboxId: string | undefined;
  /** One or two words. */
  readonly what: string;
  readonly detail: string;
}

export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly component: string;
  readonly msg: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Undefined for what is no line of our log. */
export function parseLogLine(line: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { time, level, component, msg, ...fields } = value as Record<string, unknown>;
    return { time: text(time), level: text(level), component: text(component), msg: text(msg), fields };
  } catch {
    return undefined;
  }
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export function isAtLeast(line: LogLine, level: string): boolean {
  return levels.indexOf(line.level) >= levels.indexOf(level);
}

/** One line for people: time, level, message, and its fields as name=value. */
export function renderLogLine(line: LogLine): string {
  const fields = Object.entries(line.fields).map(([name, value]) => `${name}=${fieldText(value)}`);
  return `${[line.time, line.level.toUpperCase().padEnd(5), line.msg, ...fields].join(' ')}\n`;
}

/** Changes of a sandbox, calls and failures; what only developers want is left out. */
export function eventsOf(lines: readonly LogLine[]): readonly NodeEvent[] {
  return lines.flatMap((line) => {
    const { msg, time, level, fields } = line;
    const sandboxId = typeof fields.sandboxId === 'string' ? fields.sandboxId : undefined;
    const isAboutPods = sandboxId !== undefined || isAtLeast(line, 'warn');
    if (!isAtLeast(line, 'info') || !isAboutPods) return [];
    const { sandboxId: _id, part: _part, ...rest } = fields;
    const detail = Object.entries(rest).map(([name, value]) => `${name}=${fieldText(value)}`);
    return [{ time, level, sandboxId, what: msg, detail: detail.join(' ') }];
  });
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /[\s"]/.test(value) ? JSON.stringify(value) : value;
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  return JSON.stringify(value);
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
