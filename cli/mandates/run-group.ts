import { executeGroup } from '../../service/command-line.ts'
import type { MandatesIo } from './io.ts'

/** A command of a group whose commands share a terminal. */
export interface IoCommand {
  readonly name: string
  /** One line for the help of its group. */
  readonly description: string
  readonly run: (args: readonly string[], io: MandatesIo) => Promise<number>
}

/**
 * Runs the command of a group that the first argument names.
 * @param group the words before the command, and what the group is for
 * @returns the exit code of the command.
 */
export function runGroup(
  group: { readonly name: string; readonly description: string; readonly commands: readonly IoCommand[] },
  args: readonly string[],
  io: MandatesIo,
): Promise<number> {
  const commands = group.commands.map(({ run, ...each }) => ({
    ...each,
    run: (rest: readonly string[]) => run(rest, io),
  }))
  return executeGroup({ ...group, commands }, args, io)
}
