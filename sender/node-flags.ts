/**
 * Flags of node for a program that does little and runs for years on small machines: no optimising compiler, no helper threads, a
 * small young generation. Measured (docs/benchmarks.md): a quarter less memory, and no more processor time.
 */
export const NODE_FLAGS = ['--lite-mode', '--single-threaded', '--max-semi-space-size=1'] as const;

/**
 * Those of {@link NODE_FLAGS} with which a script starts. Node.js takes the types out of a source (a clone runs `cli.ts`) with
 * WebAssembly, and `--lite-mode` leaves that out: such a sender would end at once, with nobody there to read why.
 */
export function nodeFlagsFor(cliPath: string): readonly string[] {
  const isSource = cliPath.endsWith('.ts');
  return NODE_FLAGS.filter((flag) => !(isSource && flag === '--lite-mode'));
}
