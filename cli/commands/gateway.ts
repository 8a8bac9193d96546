import { Command, Option } from 'commander'
import { GATEWAY_SETTINGS, type GatewayFlags } from '../../gateway/process/settings.ts'

/** The commands for whoever runs the gateway. */
export const GATEWAY_COMMANDS: readonly Command[] = [createGatewayCommand()]

function createGatewayCommand(): Command {
  const command = new Command('gateway').description('run the gateway; every setting is also an environment variable')
  const keyOf = new Map<string, string>()
  for (const [key, { flag, value, meaning, variable }] of Object.entries(GATEWAY_SETTINGS)) {
    const option = new Option(value === null ? `--${flag}` : `--${flag} <${value}>`, `${meaning} [${variable}]`)
    keyOf.set(option.attributeName(), key)
    command.addOption(option)
  }
  return command.action(async (options: Record<string, string | boolean>) => {
    const { runGateway } = await import('../../gateway/main.ts')
    const flags = Object.entries(options).map(([name, value]) => [keyOf.get(name) ?? name, value])
    await runGateway(Object.fromEntries(flags) as GatewayFlags)
  })
}
