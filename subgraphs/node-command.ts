import { parseCommandLine, runCommand } from '../service/command-line.ts'
import type { CommandSpec } from '../service/command-spec.ts'
import { ConfigError } from '../service/config-error.ts'
import { warnOfMisspelt } from '../service/misspelt-variables.ts'
import { stopOnSignals } from '../service/stop-on-signals.ts'
import { type NodeConfig, processEnvironment, readNodeConfig } from './kit/config.ts'
import { rejectDangerousNode } from './kit/dangers.ts'
import { createNodeLog } from './kit/logger.ts'
import { NODE_SETTINGS, NODE_VARIABLES, type NodeFlags } from './kit/settings.ts'

const NODE = {
  name: 'istmo node',
  description:
    'Runs a national node until a signal ends it. SIGHUP makes it read its rules, certificates and keys again. Each setting is a flag or an environment variable; a flag takes precedence over its ' +
    'variable, and an empty variable counts as not set.',
  options: NODE_SETTINGS,
  examples: [
    {
      command:
        'istmo node --country HN --domains cases,persons --port 4101 --gateway-jwks leg.jwks.json --rules HN.yaml ' +
        '--audit-log-dir audit-log --audit-log-key keys/audit-log.key --audit-log-ref-keys keys/audit-log-refs.json',
      meaning: 'Serves the cases and persons of Honduras under the country’s own rules. `istmo keys` makes the keys.',
    },
  ],
} as const satisfies CommandSpec

/**
 * Runs `istmo node`: reads the flags and the environment, starts the node, and stops it when the process receives SIGINT or SIGTERM.
 * Resolves when the node listens.
 * @param args the flags after `node`.
 */
export async function runNodeCommand(args: readonly string[]): Promise<void> {
  await runCommand(NODE, args, async (flags) => {
    const config = readSettings(flags, processEnvironment())
    const log = createNodeLog(config)
    warnOfMisspelt(NODE_VARIABLES, processEnvironment(), log)
    await rejectDangerousNode(config, log)
    const { startCountry } = await import('./domains.ts')
    const node = await startCountry(config)
    // Without a handler, this signal would end the process.
    process.on('SIGHUP', () => void node.reload())
    stopOnSignals(node, config.drain, () => undefined)
  })
}

/**
 * Reads the settings of a node from its arguments and the environment.
 * @throws {UsageError} if an argument is wrong.
 * @throws {ConfigError} if a setting is missing or wrong.
 */
export function parseNodeConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): NodeConfig {
  return readSettings(parseCommandLine(NODE, args), env)
}

function readSettings(flags: NodeFlags, env: Readonly<Record<string, string | undefined>>): NodeConfig {
  try {
    return readNodeConfig(flags, env)
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error })
  }
}
