/** What a built image says of itself, in the file beside it. */

export const manifestFile = 'manifest.json';

export interface ImageManifest {
  readonly version: 1;
  readonly kernelVersion: string;
  readonly agent: 'development' | { readonly origin: string; readonly sha256: string };
  /** dm-verity's, over root.erofs. */
  readonly rootHash: string;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}
