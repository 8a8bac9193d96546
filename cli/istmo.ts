/**
 * `istmo`: one command line for all that runs. Each command loads its own modules, when it is asked for.
 */
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { GATEWAY_SETTINGS, type GatewayFlags } from '../gateway/settings.ts'

/** A command that reads its arguments itself. */
interface PassingCommand {
  readonly description: string
  readonly run: (args: readonly string[]) => Promise<unknown>
}

const PASSING: Readonly<Record<string, PassingCommand>> = {
  node: {
    description: 'run a national node: --country HN --domains cases,persons,legal --port N',
    async run(args) {
      const { runNode } = await import('../subgraphs/domains.ts')
      const { processEnvironment } = await import('../subgraphs/kit/config.ts')
      await runNode(args, processEnvironment())
    },
  },
  import: {
    description: 'take a publisher’s file into a country’s database: NAME [FILE]',
    run: async (args) => (await import('./import.ts')).runImportCommand(args),
  },
  'generate-records': {
    description: 'put made-up records into a country’s database: --country CC',
    run: async (args) => (await import('./generate-records.ts')).runGenerateRecords(args),
  },
  keys: {
    description: 'make the keys of a record, or a new epoch of its pseudonyms: NAME DIR, --rotate DIR',
    run: async (args) => (await import('./keys.ts')).runKeys(args, Date.now()),
  },
  witness: {
    description: 'run a witness of logs (C2SP tlog-witness): --key FILE --folder DIR --policy FILE --port N',
    run: async (args) => (await import('./witness.ts')).runWitness(args),
  },
  oversight: {
    description: 'run the auditors’ GraphQL over the record: --config FILE',
    run: async (args) => (await import('../oversight/main.ts')).runOversight(args),
  },
  audit: {
    description: 'show what the record holds: verify, prove, check and more; --help says them',
    async run(args) {
      const { runAudit } = await import('./audit/run.ts')
      process.exitCode = await runAudit(args)
    },
  },
  policy: {
    description: 'try a country’s table of caller × field × verdict: test FILE',
    async run(args) {
      process.exitCode = await (await import('./policy.ts')).runPolicyCommand(args)
    },
  },
  token: {
    description: 'print a bearer token of a development issuer: PROFILE',
    run: printToken,
  },
}

/** The command line. Commands other than `gateway` read their own arguments, and say what they take. */
function createProgram(): Command {
  const program = new Command('istmo')
    .description('One question, each country’s part of the answer, no record centralised.')
    .version(packageVersion())
    .enablePositionalOptions()
    .showHelpAfterError('(istmo --help says what there is)')
  program.addCommand(gatewayCommand())
  for (const [name, { description, run }] of Object.entries(PASSING)) addPassing(program, name, description, run)
  return program
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
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

async function printToken(args: readonly string[]): Promise<void> {
  const { issuerNameOf, parseTokenArguments } = await import('../demo/token.ts')
  const { loadIssuer } = await import('../demo/issuer/issuer.ts')
  const { signAccessToken } = await import('../demo/issuer/token.ts')
  const { readDemoConfig } = await import('../demo/config.ts')
  const { homeIn } = await import('../demo/home.ts')
  const request = parseTokenArguments(args)
  const issuer = await loadIssuer(issuerNameOf(request), homeIn(readDemoConfig().home).issuer)
  process.stdout.write(`${await signAccessToken(issuer, request)}\n`)
}

try {
  await createProgram().parseAsync()
} catch (error) {
  process.stderr.write(`istmo: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
