import type { Position } from '../../shared/log/position.ts';
import { giveUp } from './give-up.ts';
import type { Obstacle } from './log-sender.ts';
import type { SessionEnd, SessionPorts } from './session-ports.ts';

/**
 * Leaves behind what the log cannot be sent beyond, once a receiver has everything before it. It has to connect again: HELLO says what is
 * lost, and the receiver goes on after that.
 *
 * @param at where the receiver is
 */
export async function passObstacle(
  obstacle: Obstacle,
  at: Position | undefined,
  { writer, now, onSegmentLost }: SessionPorts,
): Promise<SessionEnd> {
  if (obstacle.kind === 'lost') return again(obstacle.segment);
  const { error } = obstacle;
  const { number } = error.record;
  const keptBytes = at?.segment === number ? at.offset : 0;
  onSegmentLost(await giveUp(writer, error, keptBytes, now()));
  return again(number);
}

function again(segment: number): SessionEnd {
  return { kind: 'again', reason: `segment ${segment} cannot be read here, and more segments than that` };
}
