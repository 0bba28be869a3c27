/**
 * What sender and receiver say to each other: `docs/protocol.md` in code. Frames of a fixed header and a payload; JSON only where a
 * few words a connection are said; the log itself travels as the bytes that it is.
 *
 * 1. No I/O here: the decoder takes bytes and yields frames, the encoder makes bytes.
 * 2. Nothing is believed before it is checked: a length before anything is allocated for it, the CRC before the frame is used.
 * 3. A broken frame ends the decoder; there is no way to find the next frame in a stream that has lost its place.
 */

/** Version of `docs/protocol.md` that is spoken here. */
export const PROTOCOL_VERSION = 1;
/** Version of the frame format, the second byte of every frame. */
export const FRAME_VERSION = 1;
/** TCP port of a receiver when nothing else is said. */
export const DEFAULT_PORT = 4280;
/** Length of a frame's header, bytes. */
export const HEADER_BYTES = 24;
/** Largest payload of a frame, bytes. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** Largest JSON payload, bytes. */
export const MAX_JSON_BYTES = 64 * 1024;
/** A sender stops while more than this is sent and not acknowledged, bytes. */
export const WINDOW_BYTES = 4 * 1024 * 1024;
/** With more backlog than this the newest samples also travel as LIVE, bytes. */
export const LIVE_BACKLOG_BYTES = 64 * 1024;
/** A side that has heard nothing for this long asks with PING, ms. */
export const PING_AFTER_MS = 10_000;
/** After this much silence the connection counts as lost, ms. */
export const SILENCE_MS = 20_000;

/** The first byte of a frame. */
export const FRAME_TYPES = {
  HELLO: 1,
  WELCOME: 2,
  REFUSED: 3,
  DATA: 4,
  ACK: 5,
  SEAL: 6,
  HEAL: 7,
  LIVE: 8,
  CONTROL: 9,
  PING: 10,
  PONG: 11,
  GOODBYE: 12,
  JOIN: 13,
  CHALLENGE: 14,
  PROOF: 15,
  JOINED: 16,
  SEGMENT: 17,
} as const;

/** What a sender can do that those of version 0.1 cannot, as HELLO says it in `can`. */
export const ABILITIES = {
  /** It answers `fetch`. */
  FETCH: 'fetch',
  /** It answers `digest` in pages. */
  DIGEST_PAGES: 'digest_pages',
  /** It sets its own copy of a segment aside where the receiver has acknowledged other bytes. */
  GIVE_WAY: 'give_way',
} as const;

/** A type of frame. */
export type FrameType = (typeof FRAME_TYPES)[keyof typeof FRAME_TYPES];

/** The highest type that is known. */
export const LAST_FRAME_TYPE = FRAME_TYPES.SEGMENT;
