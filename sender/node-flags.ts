/**
 * Flags of node for a program that does little and runs for years on small machines. What each takes away from the resident memory of
 * a sender was measured side by side (docs/benchmarks.md). None of them costs processor time: what runs once a second is never worth
 * compiling.
 */
export const NODE_FLAGS = [
  // No optimising compilers, nor what they would learn from: 10 MiB.
  '--lite-mode',
  // No helpers for a collection that is done in a third of a millisecond, and a young generation that is small also without lite mode.
  '--single-threaded',
  '--max-semi-space-size=1',
  // Every module is compiled once, so nothing is ever found in that cache: half a MiB.
  '--no-compilation-cache',
  // Full collections come at the start and then hardly ever; they leave no holes: half a MiB.
  '--compact-on-every-full-gc',
  // Loading TLS would read 150 certificate authorities, none of which vouches for a receiver: 2 MiB. See well-known-authorities.ts.
  '--use-openssl-ca',
] as const;

/**
 * Those of {@link NODE_FLAGS} with which a script starts. Node.js takes the types out of a source (a clone runs `cli.ts`) with
 * WebAssembly, and `--lite-mode` leaves that out: such a sender would end at once, with nobody there to read why.
 */
export function nodeFlagsFor(cliPath: string): readonly string[] {
  const isSource = cliPath.endsWith('.ts');
  return NODE_FLAGS.filter((flag) => !(isSource && flag === '--lite-mode'));
}
