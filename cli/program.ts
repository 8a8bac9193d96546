/** Builds the `istmo` program from the commands of an installation, and runs it. */
import { executeGroup } from '../service/command-line.ts'
import { speak } from '../service/lang-option.ts'
import { makeFilesPrivate } from '../service/private-files.ts'
import { readVersion } from '../service/version.ts'

/** One command of `istmo`. It reads its own arguments, also `--help`, and loads its modules when it runs. */
export interface IstmoCommand {
  readonly name: string
  /** One line for `istmo --help`. */
  readonly description: string
  /** Returns the exit code, or nothing if it is 0. A process that goes on after this sets its own at its end. */
  readonly run: (args: readonly string[]) => Promise<unknown>
}

/**
 * Runs the command that the process's arguments name. It runs in production unless NODE_ENV says otherwise: graphql-js, which reads it when it is loaded, looks
 * for a second copy of itself at each type of each value otherwise, and takes half as long again. Only its own user can read the files that it makes. If the command does not report a failure itself, prints it as one line on
 * standard error. The exit code is 2 if an argument is wrong, else 1.
 * @param commands the commands in the order in which `istmo --help` lists them.
 */
export async function runIstmo(commands: readonly IstmoCommand[]): Promise<void> {
  process.env.NODE_ENV ??= 'production'
  speak(process.argv.slice(2), process.env)
  makeFilesPrivate()
  endWithReader()
  const description = 'Sends one operation to several countries and joins their answers. No record is stored centrally.'
  const code = await executeGroup(
    { name: 'istmo', description, version: readVersion(), commands },
    process.argv.slice(2),
  )
  if (code !== 0) process.exitCode = code
}

/** The exit code of a process that SIGPIPE ends, as a shell shows it. Node.js ignores the signal and reports an error instead. */
const EXIT_NO_READER = 141

/** Ends the process without a word when nobody reads what it prints any more, as `head` does when it has its lines. */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit(EXIT_NO_READER)
    })
}
