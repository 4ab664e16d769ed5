/** What the adaptor asks of the relay, in the same process or in another. */

export interface RelayAttachment {
  readonly sandboxId: string;
  readonly socketPath: string;
  readonly host: string;
  readonly port: number;
  /** Absent: plain TCP. The directory holds ca.pem, client.pem and client.key. */
  readonly tls:
    | {
        readonly directory: string;
        readonly serverName: string;
        readonly serverFingerprint256?: string;
        readonly minVersion?: string;
        readonly cipherSuites?: readonly string[];
      }
    | undefined;
}

export interface RelayStatus {
  readonly sandboxId: string;
  readonly socketPath: string;
  readonly connected: boolean;
  readonly shimConnections: number;
}

export interface RelayControl {
  /** Makes the socket that the shim dials; its calls wait until `connect` has resolved. */
  listen(sandboxId: string, socketPath: string): Promise<void>;
  /** Resolves after a Health.Check came back from the pod VM. */
  connect(
    attachment: RelayAttachment,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<void>;
  detach(sandboxId: string): Promise<void>;
  list(): Promise<readonly RelayStatus[]>;
}
