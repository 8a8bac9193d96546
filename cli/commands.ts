/** The commands that run Istmo in production. Each loads its own modules when it runs. */
import type { IstmoCommand } from './program.ts'

/** The commands for production, in the order in which `istmo --help` lists them. */
export const COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'gateway',
    description: 'run the gateway',
    run: async (args) => (await import('../gateway/gateway-command.ts')).runGatewayCommand(args),
  },
  {
    name: 'node',
    description: 'run a national node',
    run: async (args) => (await import('../subgraphs/node-command.ts')).runNodeCommand(args),
  },
  {
    name: 'keys',
    description: 'make the keys of an audit log, or begin a new epoch of its pseudonyms',
    run: async (args) => (await import('./keys.ts')).runKeys(args, Date.now()),
  },
  {
    name: 'witness',
    description: 'run a witness of logs (C2SP tlog-witness)',
    run: async (args) => (await import('./witness.ts')).runWitness(args),
  },
  {
    name: 'oversight',
    description: 'run the auditors’ GraphQL over audit logs',
    run: async (args) => (await import('../oversight/oversight-command.ts')).runOversightCommand(args),
  },
  {
    name: 'audit',
    description: 'show what audit logs prove: verify, prove, check, search and more',
    async run(args) {
      const { runAudit } = await import('./audit/run.ts')
      process.exitCode = await runAudit(args)
    },
  },
  {
    name: 'policy',
    description: 'try a country’s table of caller × field × verdict',
    async run(args) {
      process.exitCode = await (await import('../subgraphs/policy/policy-command.ts')).runPolicyCommand(args)
    },
  },
]
