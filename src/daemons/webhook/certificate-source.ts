/** Where the certificate that is shown comes from. */

import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { ShownCertificate } from './https-server.ts';

export interface CertificateSource {
  close(): Promise<void>;
}

export interface CertificateSourceOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** A first certificate, or another one than before. What it throws is a failed read. */
  readonly onShown: (certificate: ShownCertificate) => void;
  /** It was looked at and has changed, or could not be read. */
  readonly onRead: (ok: boolean) => void;
}
