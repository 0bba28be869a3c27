/**
 * How exact history is. A value is stored as a whole number, in steps that nobody sees in a graph:
 *
 * - a ratio in steps of 0.0005;
 * - everything else as a floating-point number with 12 significant bits, so within 0.025 % of what it was; whole numbers up to 4096 are
 *   exact. The number is the upper 20 bits of the IEEE 754 single, which rise as the value does.
 */

import { familyOf } from './series.ts';

/** Turns values into whole numbers and back; both never fall as their argument rises. */
export interface Quantum {
  toSteps(value: number): number;
  toValue(steps: number): number;
}

/** Steps of a ratio in 1. */
const RATIO_STEPS = 2000;

/** Lowest bits of a single that are not kept, and half of what they can hold. */
const DROPPED_BITS = 12;
const HALF = 1 << (DROPPED_BITS - 1);

/** Beyond this a single is infinite. */
const MAX_SINGLE = 3.4e38;

const RATIO: Quantum = {
  toSteps: (value) => Math.round(Math.min(Math.max(value, -1000), 1000) * RATIO_STEPS),
  toValue: (steps) => steps / RATIO_STEPS,
};

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

const FLOAT: Quantum = {
  toSteps(value) {
    float[0] = Math.min(Math.abs(value), MAX_SINGLE);
    const steps = ((bits[0] ?? 0) + HALF) >> DROPPED_BITS;
    return value < 0 ? -steps : steps;
  },
  toValue(steps) {
    bits[0] = Math.abs(steps) << DROPPED_BITS;
    const value = float[0] ?? 0;
    return steps < 0 ? -value : value;
  },
};

/** How exactly a series is stored. */
export function quantumOf(name: string): Quantum {
  return familyOf(name)?.unit === 'ratio' ? RATIO : FLOAT;
}
