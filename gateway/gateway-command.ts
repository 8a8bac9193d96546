import { runCommand } from '../service/command-line.ts'
import type { CommandSpec } from '../service/command-spec.ts'
import { readGatewayConfig } from './process/config.ts'
import { GATEWAY_SETTINGS } from './process/settings.ts'

const GATEWAY = {
  name: 'istmo gateway',
  description:
    'Runs the gateway until a signal ends it. SIGHUP makes it read its files again. Each setting is a flag or an environment ' +
    'variable. The flag overrides the variable, and an empty variable counts as not set.',
  options: GATEWAY_SETTINGS,
  examples: [
    {
      command:
        'istmo gateway --supergraph supergraph.graphql --countries countries --issuers issuers.yaml --leg-key keys/leg.jwk.json ' +
        '--audit-log-dir audit-log --audit-log-key keys/audit-log.key --audit-log-ref-keys keys/audit-log-refs.json',
      meaning:
        'Asks the countries of the folder, for callers with a token of one of the issuers. `istmo keys` makes the keys.',
    },
    {
      command: 'istmo gateway --supergraph supergraph.graphql --development --anonymous --graphiql',
      meaning: 'For development: accepts requests without a token, and serves GraphiQL.',
    },
  ],
} as const satisfies CommandSpec

/** `istmo gateway`: reads the flags, and runs the gateway with them and the environment. Resolves when the gateway listens. */
export async function runGatewayCommand(args: readonly string[]): Promise<void> {
  await runCommand(GATEWAY, args, async (flags) => {
    const config = readGatewayConfig(flags)
    // Help and what is wrong with the settings do not load the gateway.
    const { runGateway } = await import('./main.ts')
    await runGateway(config)
  })
}
