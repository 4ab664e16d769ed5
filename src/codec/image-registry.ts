/** Which registry an image comes from, and whether a pull secret's entry is for it; as the kubelet matches them. */

export interface ImageSource {
  /** Host, with its port if it is given. */
  readonly host: string;
  /** Repository, without tag and digest. */
  readonly path: string;
}

const dockerHub = 'docker.io';
/** Names that clients have used for the same registry. */
const dockerHubHosts: ReadonlySet<string> = new Set([dockerHub, 'index.docker.io', 'registry-1.docker.io']);

/** An image without a registry is of Docker Hub, and one without a user there is in `library`. */
export function imageSource(image: string): ImageSource {
  const name = image.split('@')[0] ?? '';
  const [first = '', ...rest] = name.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first : dockerHub;
  const path = withoutTag(hasHost ? rest.join('/') : name);
  if (!dockerHubHosts.has(host)) return { host, path };
  return { host: dockerHub, path: path.includes('/') ? path : `library/${path}` };
}

function withoutTag(path: string): string {
  const last = path.lastIndexOf('/');
  const colon = path.indexOf(':', last + 1);
  return colon < 0 ? path : path.slice(0, colon);
}

/** `registry`: a key of a pull secret: host, URL, host with a path, or a host whose parts hold `*`. */
export function isForImage(registry: string, { host, path }: ImageSource): boolean {
  const bare = registry.replace(/^https?:\/\//, '');
  const slash = bare.indexOf('/');
  const keyHost = slash < 0 ? bare : bare.slice(0, slash);
  // /v1/ and /v2/ are of the registry's own URL, not of a repository.
  const keyPath = (slash < 0 ? '' : bare.slice(slash)).replace(/^\/v[12](?=\/|$)/, '').replace(/^\/|\/$/g, '');
  if (!matchesHost(dockerHubHosts.has(keyHost) ? dockerHub : keyHost, host)) return false;
  return `${path}/`.startsWith(keyPath === '' ? '' : `${keyPath}/`);
}

/** Part by part, ports as they are; `*` stands for any characters of one part. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  const [wanted, wantedPort] = pattern.split(':');
  const [name, port] = host.split(':');
  if (wantedPort !== port) return false;
  const [patterns, parts] = [wanted?.split('.') ?? [], name?.split('.') ?? []];
  return patterns.length === parts.length && patterns.every((each, index) => matchesPart(each, parts[index] ?? ''));
}

function matchesPart(pattern: string, part: string): boolean {
  const [start = '', ...middle] = pattern.split('*');
  const end = middle.pop();
  if (end === undefined) return part === pattern;
  if (part.length < start.length + end.length || !part.startsWith(start) || !part.endsWith(end)) return false;
  let rest = part.slice(start.length, part.length - end.length);
  for (const piece of middle) {
    const at = rest.indexOf(piece);
    if (at < 0) return false;
    rest = rest.slice(at + piece.length);
  }
  return true;
}
