/** How a process reaches an API server and proves who it is, wherever that is written down. */

import type { Agent } from 'node:https';

/** The same object as before means the same connections. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface Access {
  readonly tls: TlsMaterial;
  /** With the token in it: never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** Makes the connections, where they lead through a proxy. */
  readonly agent?: Agent;
}

export interface ClusterConnection {
  /** https; may have a path, as behind a gateway. */
  readonly server: URL;
  /** What the configuration names as one's own. */
  readonly namespace: string | undefined;
  /** Asked before each call; throws a PeerPodError for what can not be read. */
  access(signal: AbortSignal | undefined): Promise<Access>;
  /** The server refused these credentials: nothing kept is used again. */
  refused(): void;
}
