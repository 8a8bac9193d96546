import type { IstmoCommand } from '../program.ts'

/** The commands for a country that runs its national node. */
export const NODE_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'node',
    description: 'run a national node: --country HN --domains cases,persons,legal --port N',
    async run(args) {
      const { runNode } = await import('../../subgraphs/domains.ts')
      const { processEnvironment } = await import('../../subgraphs/kit/config.ts')
      await runNode(args, processEnvironment())
    },
  },
  {
    name: 'policy',
    description: 'try a country’s table of caller × field × verdict: test FILE',
    async run(args) {
      process.exitCode = await (await import('../../subgraphs/policy/policy-command.ts')).runPolicyCommand(args)
    },
  },
]
