import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
export function addRestore(command: Command, _context: CommandContext): void { command.description('being written'); }
