import type { Socket } from 'node:net';
import { encodeFrame } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';
import type { LogStream } from './log-stream.ts';
import { drained } from './socket-state.ts';

/** Sends back to a sender what its own copy lost: HEAL frames up to the end of the segment here, then one without payload. */
export async function sendHealing(
  stream: LogStream,
  segment: number,
  offset: number,
  socket: Socket,
): Promise<void> {
  let end = offset;
  for await (const part of stream.heal(segment, offset)) {
    socket.write(encodeFrame(FRAME_TYPES.HEAL, segment, part.offset, part.bytes));
    end = part.offset + part.bytes.length;
    if (!(await drained(socket))) return;
  }
  socket.write(encodeFrame(FRAME_TYPES.HEAL, segment, end));
}
