/** Throws FRAMES damaged ttrpc frames at the server's decoder and tables: nothing but verdicts may come out. */

import { encodeRequestFrame } from '#codec/ttrpc/envelope.ts';
import { dataBytesMax, encodeFrame, headerBytes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';
import { ServerStreams } from '#codec/ttrpc/server-streams.ts';
import { type Pick, seeded } from './seeded.ts';

export interface FuzzResult {
  readonly frames: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly heldBytesMax: number;
}

interface Sent {
  readonly bytes: Buffer;
  /** What follows may be taken for this frame's data: the connection is soon started anew. */
  readonly derails: boolean;
}

const oversized = encodeFrame(0, 1, 0, Buffer.alloc(dataBytesMax));

function makeOversized(streamId: number): Buffer {
  oversized.writeUInt32BE(dataBytesMax + 1, 0);
  oversized.writeUInt32BE(streamId, 4);
  return Buffer.concat([oversized, Buffer.alloc(1)]);
}

function makeFrame(pick: Pick, streamId: number): Sent {
  if (pick(20_000) === 0) return { bytes: makeOversized(streamId), derails: false };
  const intact = (bytes: Buffer): Sent => ({ bytes, derails: false });
  const metadata = pick(4) === 0 ? [{ key: 'k', value: 'v' }] : [];
  const payload = Buffer.alloc(pick(64), pick(256));
  const timeoutNano = pick(5) === 0 ? -1n : BigInt(pick(1000));
  const request = { service: 'grpc.Health', method: 'Check', payload, timeoutNano, metadata };
  const frame = encodeRequestFrame({ streamId, type: 1, flags: pick(8) }, request);
  switch (pick(8)) {
    case 0:
      frame[pick(frame.length)] = pick(256); // anywhere, length field included
      return { bytes: frame, derails: true };
    case 1:
      frame[headerBytes + pick(frame.length - headerBytes)] = pick(256);
      return intact(frame);
    case 2:
      return intact(encodeFrame(pick(1 << 16), pick(5), pick(256), Buffer.alloc(pick(32), pick(256))));
    case 3:
      return { bytes: frame.subarray(0, pick(frame.length)), derails: true };
    default:
      return intact(frame);
  }
}

/** Frames are counted as sent; a connection is started anew after a thousand, or soon after it derailed. Throws what must not come out. */
export function fuzzServer(frames: number, seed: number): FuzzResult {
  const pick = seeded(seed);
  const verdicts: Record<string, number> = {};
  let heldBytesMax = 0;
  for (let sent = 0; sent < frames; ) {
    const decoder = new FrameDecoder();
    const streams = new ServerStreams(64);
    let left = 1000;
    for (let streamId = 1; left > 0 && sent < frames; streamId += 2, sent += 1, left -= 1) {
      const { bytes, derails } = makeFrame(pick, streamId);
      if (derails) left = Math.min(left, 4);
      const cut = pick(bytes.length + 1);
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        for (const frame of decoder.push(part)) {
          const verdict = streams.receive(frame);
          const name = verdict.do === 'reply' ? `reply ${verdict.status.code}` : verdict.do;
          verdicts[name] = (verdicts[name] ?? 0) + 1;
          if (verdict.do === 'call' && pick(2) === 0) streams.finish(verdict.streamId);
        }
        heldBytesMax = Math.max(heldBytesMax, decoder.heldBytes);
        if (heldBytesMax > dataBytesMax + headerBytes) throw new Error(`${heldBytesMax} bytes held (seed ${seed})`);
        if (streams.activeCount > 64) throw new Error(`${streams.activeCount} streams (seed ${seed})`);
      }
    }
  }
  return { frames, verdicts, heldBytesMax };
}
