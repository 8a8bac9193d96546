/** `npm run demo:stop -- HN` and `npm run demo:start -- HN`: take a country of the running demo away, and bring it back. */

import { parseCommandLine, runCommand } from '../service/command-line.ts'
import type { CommandSpec } from '../service/command-spec.ts'
import { UsageError } from '../service/usage-error.ts'
import { describeEnvironment, readDemoConfig } from './config.ts'
import { homeIn } from './home.ts'
import { DEMO_COUNTRIES } from './ports.ts'
import { type Command, sendCommand } from './supervisor/control-socket.ts'

/** `npm run demo:stop --` or `npm run demo:start --`, which run this file with the action before what a person types. */
function specOf(action: Command['action']) {
  return {
    name: `npm run demo:${action} --`,
    description:
      action === 'stop' ? 'Takes a country out of the running demo.' : 'Brings a country back into the demo.',
    arguments: {
      country: {
        meaning: 'the country’s code',
        expected: `one of the demo’s countries (${DEMO_COUNTRIES.join(', ')})`,
        parse: (text: string) => (DEMO_COUNTRIES.includes(text) ? text : undefined),
      },
    },
    notes: { Environment: describeEnvironment('ISTMO_HOME') },
    examples: [{ command: `npm run demo:${action} -- HN`, meaning: 'Honduras.' }],
  } as const satisfies CommandSpec
}

/**
 * Reads the command line.
 * @throws {UsageError} when it is not `stop` or `start` and one country of the demo.
 */
export function parseControlArguments([action, ...args]: readonly string[]): Command {
  if (action !== 'stop' && action !== 'start')
    throw new UsageError(`expected stop or start; came ${action ?? 'nothing'}`)
  return { action, ...parseCommandLine(specOf(action), args) }
}

if (import.meta.main) {
  const [action, ...args] = process.argv.slice(2)
  await runCommand(specOf(action === 'stop' ? 'stop' : 'start'), args, async () => {
    const command = parseControlArguments([action ?? '', ...args])
    const reply = await sendCommand(homeIn(readDemoConfig().home).socket, command)
    if (!reply.done) throw new Error(reply.message)
    process.stdout.write(`${reply.message}\n`)
  })
}
