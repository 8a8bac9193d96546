/** Builds the `istmo` program out of the commands that an installation has, and runs it. */
import { Command } from 'commander'
import { readVersion } from '../service/version.ts'

/** One command of `istmo`: it reads its own arguments, `--help` among them, and loads its modules when it runs. */
export interface IstmoCommand {
  readonly name: string
  /** One line for `istmo --help`. */
  readonly description: string
  readonly run: (args: readonly string[]) => Promise<unknown>
}

/**
 * Runs the command that the process's arguments name. A failure is one line on standard error, and exit code 1.
 * @param commands in the order in which `istmo --help` lists them: a ready command, or one that reads its own arguments.
 */
export async function runIstmo(commands: readonly (IstmoCommand | Command)[]): Promise<void> {
  try {
    const program = new Command('istmo')
      .description('One question, each country’s part of the answer, no record centralised.')
      .version(readVersion())
      .enablePositionalOptions()
      .showHelpAfterError('(istmo --help lists the commands)')
    for (const command of commands) {
      if (command instanceof Command) program.addCommand(command)
      else addCommand(program, command)
    }
    await program.parseAsync()
  } catch (error) {
    process.stderr.write(`istmo: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

function addCommand(program: Command, { name, description, run }: IstmoCommand): void {
  program
    .command(name)
    .description(description)
    .argument('[args...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (args: readonly string[]) => void (await run(args)))
}
