/**
 * A program, not a module: reads from its standard input how to load the configuration, and writes what it loaded to its standard
 * output, both as node:v8 serializes them. Started by `load-config-apart.ts`, see there for why. Where the configuration is wrong it
 * only fails: who has started it says what is wrong.
 */
import { buffer } from 'node:stream/consumers';
import { deserialize, serialize } from 'node:v8';
import { type LoadConfigOptions, loadConfig } from '../../shared/config/load.ts';

const options = deserialize(await buffer(process.stdin)) as LoadConfigOptions;
process.stdout.write(serialize(await loadConfig(options)));
