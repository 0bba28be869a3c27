/** How the sender is started, independent of the directory and the environment in which that happens: all paths absolute. */
export interface SenderCommand {
  /** The node that runs now; that of a package or of nvm is found in no cron's PATH. */
  readonly nodePath: string;
  /** `sender/cli.ts` in a clone, `dist/sender/cli.js` in an installed package. */
  readonly cliPath: string;
  readonly configPath: string;
}

/**
 * Flags of node for a program that does little and runs for years on small machines: no optimising compiler, no helper threads, a
 * small young generation. Measured (docs/benchmarks.md): a quarter less memory, and no more processor time.
 */
export const NODE_FLAGS = ['--lite-mode', '--single-threaded', '--max-semi-space-size=1'] as const;
