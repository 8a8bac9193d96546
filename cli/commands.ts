/** The commands that run Istmo in production. Each loads its own modules when it runs. */
import { Command, Option } from 'commander'
import { GATEWAY_SETTINGS, type GatewayFlags } from '../gateway/process/settings.ts'
import type { IstmoCommand } from './program.ts'

/** The commands for production, in the order in which `istmo --help` lists them. */
export const COMMANDS: readonly (IstmoCommand | Command)[] = [
  gatewayCommand(),
  {
    name: 'node',
    description: 'run a national node: --country HN --domains cases,persons,legal --port N',
    async run(args) {
      const { runNode } = await import('../subgraphs/domains.ts')
      const { processEnvironment } = await import('../subgraphs/kit/config.ts')
      await runNode(args, processEnvironment())
    },
  },
  {
    name: 'keys',
    description: 'make the keys of a record, or a new epoch of its pseudonyms: NAME DIR, --rotate DIR',
    run: async (args) => (await import('./keys.ts')).runKeys(args, Date.now()),
  },
  {
    name: 'witness',
    description: 'run a witness of logs (C2SP tlog-witness): --key FILE --folder DIR --policy FILE --port N',
    run: async (args) => (await import('./witness.ts')).runWitness(args),
  },
  {
    name: 'oversight',
    description: 'run the auditors’ GraphQL over the record: --config FILE',
    run: async (args) => (await import('../oversight/main.ts')).runOversight(args),
  },
  {
    name: 'audit',
    description: 'show what the record holds: verify, prove, check and more; --help says them',
    async run(args) {
      const { runAudit } = await import('./audit/run.ts')
      process.exitCode = await runAudit(args)
    },
  },
  {
    name: 'policy',
    description: 'try a country’s table of caller × field × verdict: test FILE',
    async run(args) {
      process.exitCode = await (await import('../subgraphs/policy/policy-command.ts')).runPolicyCommand(args)
    },
  },
]

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
