/** Builds the `istmo` program out of the commands that an installation has, and runs it. */
import { executeGroup } from '../service/command-line.ts'
import { readVersion } from '../service/version.ts'

/** One command of `istmo`: it reads its own arguments, `--help` among them, and loads its modules when it runs. */
export interface IstmoCommand {
  readonly name: string
  /** One line for `istmo --help`. */
  readonly description: string
  readonly run: (args: readonly string[]) => Promise<unknown>
}

/**
 * Runs the command that the process's arguments name. A failure that the command does not report itself is one line on standard
 * error, and exit code 2 where an argument is wrong, else 1.
 * @param commands in the order in which `istmo --help` lists them.
 */
export async function runIstmo(commands: readonly IstmoCommand[]): Promise<void> {
  const description = 'One question, each country’s part of the answer, no record centralised.'
  const code = await executeGroup(
    { name: 'istmo', description, version: readVersion(), commands },
    process.argv.slice(2),
  )
  if (code !== 0) process.exitCode = code
}
