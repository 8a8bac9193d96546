/** `npm run demo:stop -- HN` and `npm run demo:start -- HN`: stops and starts the node of a country in the running demo. */

import { parseCommandLine, runCommand } from '../service/command-line.ts'
import { matching } from '../service/command-texts.ts'
import { UsageError } from '../service/usage-error.ts'
import { NPM_TEXTS } from './commands/texts.ts'
import { describeEnvironment, readDemoConfig, speakAsTerminal } from './config.ts'
import { DEMO_COUNTRIES } from './countries.ts'
import { homeIn } from './home.ts'
import { type Command, sendCommand } from './supervisor/control-socket.ts'

const END = 'Ctrl-C in the terminal of `npm start` ends all of it'

/** The command `npm run demo:stop --` or `npm run demo:start --`. Both run this file with the action before the person's arguments. */
function specOf(action: Command['action']) {
  // Whoever names no country may want to end the demo.
  const expected = `one of the demo’s countries (${DEMO_COUNTRIES.join(', ')})${action === 'stop' ? `; ${END}` : ''}`
  const country = { ...matching((text) => DEMO_COUNTRIES.includes(text)), expected }
  const declared = NPM_TEXTS.declare(`run demo:${action} --`, { arguments: { country } })
  return { ...declared, notes: { Environment: describeEnvironment('ISTMO_HOME') } }
}

/**
 * Reads the command line.
 * @throws {UsageError} if it is not `stop` or `start` with one country of the demo.
 */
export function parseControlArguments([action, ...args]: readonly string[]): Command {
  if (action !== 'stop' && action !== 'start')
    throw new UsageError(`expected stop or start; came ${action ?? 'nothing'}`)
  return { action, ...parseCommandLine(specOf(action), args) }
}

if (import.meta.main) {
  const [action, ...args] = process.argv.slice(2)
  speakAsTerminal()
  await runCommand(specOf(action === 'stop' ? 'stop' : 'start'), args, async () => {
    const command = parseControlArguments([action ?? '', ...args])
    const reply = await sendCommand(homeIn(readDemoConfig().home).socket, command)
    if (!reply.done) throw new Error(reply.message)
    process.stdout.write(`${reply.message}\n`)
  })
}
