import type { Frame } from '../../shared/protocol/decoder.ts';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';

/** Length of the payload of SEAL. */
const SHA256_BYTES = 32;

/** What is wrong with the payload's length of a frame that a node sends, in plain words; undefined when nothing is. */
export function checkShape({ type, payloadBytes }: Pick<Frame, 'type' | 'payloadBytes'>): string | undefined {
  switch (type) {
    case FRAME_TYPES.DATA:
      return payloadBytes === 0 ? 'DATA has no bytes' : undefined;
    case FRAME_TYPES.LIVE:
      return payloadBytes === 0 ? 'LIVE has no bytes' : undefined;
    case FRAME_TYPES.SEAL:
      return payloadBytes === SHA256_BYTES
        ? undefined
        : `SEAL has ${payloadBytes} bytes instead of the ${SHA256_BYTES} of a SHA-256`;
    case FRAME_TYPES.HEAL:
      return payloadBytes === 0 ? undefined : 'a sender asks with a HEAL that has no payload';
    default:
      return undefined;
  }
}
