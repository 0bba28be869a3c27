/**
 * Flags of node for the receiver, whose effect was measured with 5000 nodes (docs/benchmarks.md, «Idle»). They hold for the main thread and,
 * but for the first, for the workers, which have limits of their own.
 */
export const NODE_FLAGS = [
  // A small young generation: a third less memory, and no more processor time.
  '--max-semi-space-size=4',
  // Heaps grow by little at a time, so less garbage lies in them: a fifth less memory, for a tenth more processor time.
  '--memory-saver-mode',
] as const;
