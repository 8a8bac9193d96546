/**
 * `istmo`: one command line for all that runs. Each command loads its own modules, when it is asked for.
 */
import { Command, Option } from 'commander'
import { GATEWAY_SETTINGS, type GatewayFlags } from '../gateway/config.ts'

/** The command line. Commands other than `gateway` read their own arguments, and say what they take. */
function createProgram(): Command {
  const program = new Command('istmo')
    .description('One question, each country’s part of the answer, no record centralised.')
    .enablePositionalOptions()
    .showHelpAfterError('(istmo --help says what there is)')
  program.addCommand(gatewayCommand())
  addPassing(
    program,
    'node',
    'run a national node: --country HN --domains cases,persons,legal --port N',
    async (args) => {
      const { runNode } = await import('../subgraphs/domains.ts')
      const { processEnvironment } = await import('../subgraphs/kit/config.ts')
      await runNode(args, processEnvironment())
    },
  )
  return program
}

function gatewayCommand(): Command {
  const command = new Command('gateway').description('run the gateway; every setting is also an environment variable')
  const keyOf = new Map<string, string>()
  for (const [key, { flag, value, meaning, variable }] of Object.entries(GATEWAY_SETTINGS)) {
    const option = new Option(value === null ? `--${flag}` : `--${flag} <${value}>`, `${meaning} [${variable}]`)
    keyOf.set(option.attributeName(), key)
    command.addOption(option)
  }
  return command.action(async (options: Record<string, string | boolean>) => {
    const { runGateway } = await import('../gateway/main.ts')
    const flags = Object.entries(options).map(([name, value]) => [keyOf.get(name) ?? name, value])
    await runGateway(Object.fromEntries(flags) as GatewayFlags)
  })
}

/** A command that reads its arguments itself, `--help` too. */
function addPassing(
  program: Command,
  name: string,
  description: string,
  run: (args: readonly string[]) => Promise<unknown>,
): void {
  program
    .command(name)
    .description(description)
    .argument('[args...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (args: readonly string[]) => void (await run(args)))
}

try {
  await createProgram().parseAsync()
} catch (error) {
  process.stderr.write(`istmo: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
