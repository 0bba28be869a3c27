/**
 * Flags of node for the receiver: a small young generation of the main thread. Measured with 5000 nodes (docs/benchmarks.md): a third
 * less memory, and no more processor time. The threads have limits of their own.
 */
export const NODE_FLAGS = ['--max-semi-space-size=4'] as const;
