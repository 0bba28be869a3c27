import { encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import type { Hello } from '../../shared/protocol/messages.ts';
import { FRAME_TYPES, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import type { ResumePoint } from './log-stream.ts';
import type { ClaimFacts, WorkerSettings } from './messages.ts';

/** What the arbiter has to know of a HELLO. */
export function claimFacts(hello: Hello, address: string): ClaimFacts {
  const { node, log, host_name: hostName, boot_id: bootId, version, sleeptime: sleeptimeSeconds } = hello;
  return { node, log, hostName, address, bootId, version, sleeptimeSeconds };
}

/** WELCOME, as a frame. */
export function welcomeFrame(settings: WorkerSettings, sleeptime: number, { at, crc }: ResumePoint): Buffer {
  return encodeJsonFrame(FRAME_TYPES.WELCOME, {
    protocol: PROTOCOL_VERSION,
    receiver: settings.receiverId,
    version: settings.version,
    sleeptime,
    now: new Date().toISOString(),
    at: { segment: at.segment, offset: at.offset, crc },
  });
}
