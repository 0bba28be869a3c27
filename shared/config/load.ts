import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { errnoOf, UsageError } from '../errors/errors.ts';
import { expandHome } from '../files/expand-home.ts';
import { completeConfig } from './complete-config.ts';
import type { Config } from './config.ts';
import { isJsonObject, type JsonObject, withValue } from './dotted.ts';
import { listConfigKeys } from './keys.ts';
import { JsonError, parseJson } from './parse-json.ts';
import { type Problem, problemsOf } from './problems.ts';
import { readSecrets, reasonOf, type Secrets } from './read-secrets.ts';
import { brokenRules, brokenSecrets } from './rules.ts';
import { type CheckedConfig, configSchema } from './schema.ts';

/** Options of {@link loadConfig}. */
export interface LoadConfigOptions {
  /** The file, relative to `cwd`. Without it, `config.json` in `cwd` if there is one. */
  readonly path?: string | undefined;
  /** Values of flags by dotted key, such as `{ 'receiver.data_directory': '/x' }`; undefined ones are passed over. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
  /** Working directory of the program, absolute. */
  readonly cwd: string;
  /** Whether it is for a node: of the files that hold secrets only passwords for mail are read, and they may be missing. */
  readonly forNode?: boolean | undefined;
  /** Host name of this machine, of which a node name is made; the system's by default. */
  readonly hostName?: string | undefined;
}

/** What {@link loadConfig} gives. */
export interface LoadedConfig {
  readonly config: Config;
  /** The file that it came from, absolute; undefined when there was none and the defaults hold. */
  readonly path: string | undefined;
}

/** Where the values came from. */
interface Source {
  readonly path: string | undefined;
  /** Where relative paths begin. */
  readonly directory: string;
  readonly overrides: JsonObject;
}

/**
 * Reads config.json, lays the flags over it, checks and completes it. May be called again to read it anew.
 *
 * @throws UsageError `CONFIG_INVALID`: a file that was named and cannot be read, that is not JSON (with line and column),
 *   or values that are not allowed, one a line
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const file = await readConfigFile(options);
  const source = {
    path: file?.path,
    directory: file === undefined ? options.cwd : dirname(file.path),
    overrides: definedValues(options.overrides ?? {}),
  };
  const checked = check(layOver(file?.content ?? {}, source.overrides, options.cwd), source);
  const secrets =
    options.forNode === true
      ? (await readSecrets(checked, source.directory, isMailKey)).secrets
      : await readOrRefuse(checked, source);
  const hostName = options.hostName ?? hostname();
  return {
    config: completeConfig(checked, { directory: source.directory, hostName, secrets }),
    path: source.path,
  };
}

async function readConfigFile({ path: named, cwd }: LoadConfigOptions) {
  const path = resolve(cwd, expandHome(named ?? 'config.json'));
  const text = await readText(path, named === undefined);
  return text === undefined ? undefined : { path, content: parseObject(text, path) };
}

async function readText(path: string, mayBeMissing: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (mayBeMissing && errnoOf(cause) === 'ENOENT') return undefined;
    throw new UsageError('CONFIG_INVALID', `cannot read the configuration ${path}: ${reasonOf(cause)}`, {
      cause,
      hint: 'Name another file with --config.',
    });
  }
}

function parseObject(text: string, path: string): JsonObject {
  try {
    const content = parseJson(text);
    if (isJsonObject(content)) return content;
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new UsageError(
      'CONFIG_INVALID',
      `${path}:${cause.line}:${cause.column}: not JSON: ${cause.message}`,
    );
  }
  throw new UsageError('CONFIG_INVALID', `${path}: must be an object, { … }`);
}

function definedValues(overrides: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}

/** Flags win. Their paths begin where the person stands who wrote them, not at the file. */
function layOver(content: JsonObject, overrides: JsonObject, cwd: string): JsonObject {
  const paths = new Set(listConfigKeys().flatMap(({ key, isPath }) => (isPath ? [key] : [])));
  return Object.entries(overrides).reduce((object, [key, value]) => {
    const isPath = paths.has(key) && typeof value === 'string' && value.trim() !== '';
    return withValue(object, key, isPath ? absolute(cwd, value) : value);
  }, content);
}

/** `~ann` is left to the check, which refuses it. */
function absolute(cwd: string, path: string): string {
  return /^~[^/]/.test(path) ? path : resolve(cwd, expandHome(path));
}

function check(raw: JsonObject, source: Source): CheckedConfig {
  const result = configSchema.safeParse(raw);
  if (!result.success) throw invalid(problemsOf(result.error.issues, raw), source);
  const broken = brokenRules(result.data, source.directory);
  if (broken.length > 0) throw invalid(broken, source);
  return result.data;
}

async function readOrRefuse(checked: CheckedConfig, source: Source): Promise<Secrets> {
  const { secrets, problems } = await readSecrets(checked, source.directory);
  if (problems.length > 0) throw invalid(problems, source);
  const broken = brokenSecrets(checked, secrets);
  if (broken.length > 0) throw invalid(broken, source);
  return secrets;
}

function invalid(problems: readonly Problem[], source: Source): UsageError {
  const lines = problems.map(({ key, text }) => `${originOf(key, source)}: ${text}`);
  return new UsageError('CONFIG_INVALID', lines.join('\n'), {
    hint: 'Every key, with what is allowed and its default: docs/configuration.md',
  });
}

function originOf(key: string, { path, overrides }: Source): string {
  const isFlag = Object.keys(overrides).some((flag) => isWithin(flag, key) || isWithin(key, flag));
  return isFlag ? 'command line' : (path ?? 'configuration');
}

/** Whether a dotted key is the other or stands below it. */
function isWithin(key: string, other: string): boolean {
  return key === other || key.startsWith(`${other}.`) || key.startsWith(`${other}[`);
}

function isMailKey(key: string): boolean {
  return key.startsWith('mail.');
}
