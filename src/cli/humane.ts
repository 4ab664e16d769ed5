/** Numbers as people read them. Pure. */

const secondsPer = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** `45s`, `3m`, `5h`, `2d`: one unit, rounded down; two where the first is small (`1m30s`). */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  for (const [index, [unit, size]] of secondsPer.entries()) {
    const count = Math.floor(seconds / size);
    if (count === 0) continue;
    const [lowerUnit, lowerSize] = secondsPer[index + 1] ?? (['s', 1] as const);
    const lower = Math.floor((seconds % size) / lowerSize);
    return count < 10 && lower > 0 ? `${count}${unit}${lower}${lowerUnit}` : `${count}${unit}`;
  }
  return `${seconds}s`;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `512B`, `1.5KiB`, `23MiB`: three digits at most. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 0 : 1;
  return `${value.toFixed(digits)}${units[unit]}`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** Per second. */
export function rate(difference: number, ms: number): number {
  return ms > 0 ? Math.max(0, difference) / (ms / 1000) : 0;
}

export function oneDecimal(value: number): string {
  return value >= 100 || value === 0 ? value.toFixed(0) : value.toFixed(1);
}
