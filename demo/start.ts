/** `npm start`: brings the whole demo up in this terminal, and ends it with Ctrl-C. */

import { runCommand } from '../service/command-line.ts'
import { EXIT_FAILED, UsageError } from '../service/usage-error.ts'
import { readDemoConfig } from './config.ts'
import { createDemo, type Demo } from './supervisor/demo.ts'
import { START, toStartOptions } from './supervisor/options.ts'
import { createTerminal } from './supervisor/terminal.ts'

const terminal = createTerminal()

/** The exit status of a program that a second Ctrl-C ended. */
const EXIT_INTERRUPTED = 130

/** Runs the demo until it is told to end or cannot go on. Returns the exit status. */
async function run(demo: Demo): Promise<number> {
  const told = toldToEnd(demo)
  try {
    const reason = await Promise.race([told, demo.start().then(() => Promise.race([told, demo.broken]))])
    if (reason === null) return 0
    process.stderr.write(`demo: ${reason}\n`)
    return EXIT_FAILED
  } catch (error) {
    // The reason why the demo cannot run is not a mistake in the command line.
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`demo: ${error.message}\n`)
    return EXIT_FAILED
  } finally {
    await demo.stop()
  }
}

/** Settles at the first signal to end; the second kills what still runs. */
function toldToEnd(demo: Demo): Promise<null> {
  return new Promise((resolve) => {
    let told = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (told) {
          demo.kill()
          process.exit(EXIT_INTERRUPTED)
        }
        told = true
        terminal.line('Stopping; a second Ctrl-C does it at once')
        resolve(null)
      })
    }
  })
}

await runCommand(START, process.argv.slice(2), async (line) => {
  const options = toStartOptions(line)
  return run(createDemo(readDemoConfig(process.env, options), options, terminal))
})
