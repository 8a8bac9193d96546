/** `npm run demo:stop -- HN` and `npm run demo:start -- HN`: take a country of the running demo away, and bring it back. */

import { EXIT_FAILED, UsageError } from '../service/usage-error.ts'
import { readDemoConfig } from './config.ts'
import { homeIn } from './home.ts'
import { DEMO_COUNTRIES } from './ports.ts'
import { type Command, sendCommand } from './supervisor/control-socket.ts'

/**
 * Reads the command line.
 * @throws {UsageError} when it is not `stop` or `start` and one country of the demo.
 */
export function parseControlArguments(args: readonly string[]): Command {
  const [action, country, ...rest] = args
  if (action !== 'stop' && action !== 'start')
    throw new UsageError(`expected stop or start; came ${action ?? 'nothing'}`)
  if (country === undefined || rest.length > 0 || !DEMO_COUNTRIES.includes(country)) {
    const came = args.slice(1).join(' ') || 'nothing'
    throw new UsageError(`expected one of the demo's countries (${DEMO_COUNTRIES.join(', ')}); came ${came}`)
  }
  return { action, country }
}

if (import.meta.main) {
  try {
    const command = parseControlArguments(process.argv.slice(2))
    const reply = await sendCommand(homeIn(readDemoConfig().home).socket, command)
    if (!reply.done) throw new UsageError(reply.message)
    process.stdout.write(`${reply.message}\n`)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`demo: ${error.message}\n`)
    process.exitCode = EXIT_FAILED
  }
}
