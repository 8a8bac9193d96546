/** Starts the complete demo in this terminal, and ends it at a signal. */

import { endWithNpm } from '../cli/launch.js'
import { runCommand } from '../service/command-line.ts'
import { EXIT_FAILED, UsageError } from '../service/usage-error.ts'
import { readDemoConfig } from './config.ts'
import { createDemo, type Demo } from './supervisor/demo.ts'
import { START } from './supervisor/options.ts'
import { createTerminal } from './supervisor/terminal.ts'
import { say } from './words.ts'

const terminal = createTerminal()

/** The exit code of a program that a second Ctrl-C ended. */
const EXIT_INTERRUPTED = 130

/** Runs the demo until a signal ends it or it cannot continue. Returns the exit code. */
async function run(demo: Demo): Promise<number> {
  const stopSignal = waitForSignal(demo)
  try {
    const reason = await Promise.race([stopSignal, demo.start().then(() => Promise.race([stopSignal, demo.broken]))])
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

/** Resolves at the first signal to end. The second signal kills the processes that still run. */
function waitForSignal(demo: Demo): Promise<null> {
  return new Promise((resolve) => {
    let isStopping = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isStopping) {
          demo.kill()
          process.exit(EXIT_INTERRUPTED)
        }
        isStopping = true
        terminal.line(say('stopping'))
        resolve(null)
      })
    }
  })
}

/** Runs the command `npm start` with these arguments. */
export async function runDemo(args: readonly string[]): Promise<void> {
  endWithNpm()
  await runCommand(START, args, (options) => run(createDemo(readDemoConfig(process.env, options), options, terminal)))
}
