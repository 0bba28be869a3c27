/**
 * A program, not a module: reads the command line of `start` and the configuration, and writes the {@link StartOrder} to its standard
 * output as node:v8 serializes it. Started by `read-start-order.ts`, see there for why. Where something is wrong it only fails: who has
 * started it says what is wrong.
 */
import { serialize } from 'node:v8';
import { Command } from 'commander';
import { runProgram } from '../../shared/cli/cli-program.ts';
import { addStart } from './start.ts';

const start = (command: Command, context: Parameters<typeof addStart>[1]) =>
  addStart(command, context, async (order) => void context.stdout.write(serialize(order)));
const code = await runProgram(new Command('fleetkeep-sender'), { start }, import.meta.filename);
if (code !== 0) throw new Error(`the command line was refused with ${code}`);
