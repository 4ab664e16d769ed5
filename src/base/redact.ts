/** A last net under texts of others that go to logs and callers: what looks like a key or user-data is cut out. */

/** A PEM private key, and user-data as it is or in base64, to the end of the text or of the word. */
const patterns: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /#cloud-config\s[\s\S]*/g,
  /I2Nsb3VkLWNvbmZpZ[A-Za-z0-9+/=_-]*/g,
];

export function redacted(text: string): string {
  return patterns.reduce((rest, pattern) => rest.replace(pattern, '[redacted]'), text);
}
