import { encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import type { Hello } from '../../shared/protocol/messages.ts';
import { FRAME_TYPES, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import type { ResumePoint } from './log-stream.ts';
import type { ClaimFacts, Refusal, WorkerSettings } from './messages.ts';

/** What the arbiter has to know of a HELLO. */
export function claimFacts(hello: Hello, address: string): ClaimFacts {
  const { node, credential, log, host_name: hostName, boot_id: bootId, instance, version } = hello;
  const who = { node, credential, log, hostName, address, bootId, instance, version };
  return { ...who, sleeptimeSeconds: hello.sleeptime, can: hello.can, oldest: hello.oldest };
}

/** REFUSED, as a frame. */
export function refusedFrame({ code, message, retryAfterSeconds, signature, joinCode }: Refusal): Buffer {
  return encodeJsonFrame(FRAME_TYPES.REFUSED, {
    code,
    message,
    retry_after_s: retryAfterSeconds,
    ...(signature === undefined ? {} : { signature: Buffer.from(signature).toString('hex') }),
    ...(joinCode === undefined ? {} : { join: joinCode }),
  });
}

/** WELCOME, as a frame. @param signature of the first one of a connection, hex */
export function welcomeFrame(
  settings: WorkerSettings,
  sleeptime: number,
  { at, crc, common }: ResumePoint,
  signature?: string,
): Buffer {
  return encodeJsonFrame(FRAME_TYPES.WELCOME, {
    protocol: PROTOCOL_VERSION,
    ...(signature === undefined ? {} : { signature }),
    receiver: settings.receiverId,
    version: settings.version,
    sleeptime,
    now: new Date().toISOString(),
    frame_bytes: settings.limits.frameBytes,
    at: { segment: at.segment, offset: at.offset, crc, common },
  });
}
