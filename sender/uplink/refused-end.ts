import { parseRefused } from '../../shared/protocol/messages.ts';
import type { Proving } from './proving.ts';
import type { SessionEnd } from './session-ports.ts';

/** How a session ends that the receiver ends with REFUSED. */
export function refusedEnd(payload: Uint8Array, proving: Proving): SessionEnd {
  const parsed = parseRefused(payload);
  if (parsed.kind === 'invalid') return { kind: 'lost', reason: parsed.reason };
  const { code, message, signature, join } = parsed.message;
  // What makes the sender give up its log has to be the word of the receiver that it has joined.
  if (code === 'log' && proving.isSigned(signature)) return { kind: 'new_log', reason: message };
  const isTwin = code === 'twin' && join !== undefined && proving.isSigned(signature);
  const permit = isTwin ? proving.permitOf(join) : undefined;
  if (permit !== undefined) return { kind: 'twin', reason: message, permit };
  return { kind: 'refused', refusal: parsed.message };
}
