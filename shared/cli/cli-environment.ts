/** The environment of this process. What configures Fleetkeep is in config.json; this is for what systems tell a program. */
export function environment(): NodeJS.ProcessEnv {
  return process.env;
}
