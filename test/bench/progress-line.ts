/** Says on stderr what is being measured: on a terminal one line that changes, elsewhere a line a bench. */

let shown = '';

export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  else if (shown === '' || !text.startsWith(shown)) process.stderr.write(`${text}\n`);
  shown = text.split(':')[0] ?? '';
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  shown = '';
}
