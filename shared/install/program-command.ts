/** Which program. */
export type ProgramName = 'receiver' | 'sender';

/** How a program is started, independent of the directory and the environment in which that happens: all paths absolute. */
export interface ProgramCommand {
  readonly program: ProgramName;
  /** The node that runs now; that of a package or of nvm is found in no cron's PATH. */
  readonly nodePath: string;
  /** Flags of node. */
  readonly nodeFlags: readonly string[];
  /** `sender/cli.ts` in a clone, `dist/sender/cli.js` in an installed package. */
  readonly cliPath: string;
  readonly configPath: string;
}
