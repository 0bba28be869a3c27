/** How the sender is started, independent of the directory and the environment in which that happens: all paths absolute. */
export interface SenderCommand {
  /** The node that runs now; that of a package or of nvm is found in no cron's PATH. */
  readonly nodePath: string;
  /** `sender/cli.ts` in a clone, `dist/sender/cli.js` in an installed package. */
  readonly cliPath: string;
  readonly configPath: string;
}
