/** The processes of a story: a country's node from the folder of `istmo join`, and a gateway. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const ISTMO = join(import.meta.dirname, '../../cli/istmo.ts')

/** A running process. */
export interface Running {
  /** What it wrote so far. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

/** Starts `istmo` and waits until its output has `ready`. Rejects, with its output, if it ends before. */
export async function startIstmo(
  args: readonly string[],
  { cwd, envFile, ready }: { readonly cwd: string; readonly envFile?: string; readonly ready: RegExp },
): Promise<Running> {
  const flags = envFile === undefined ? [] : [`--env-file=${envFile}`]
  const child = spawn(process.execPath, ['--no-warnings', ...flags, ISTMO, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        if (ready.test(output)) resolve()
      })
    }
    child.once('exit', (code) => reject(new Error(`istmo ${args[0]} ended with ${code}:\n${output}`)))
  })
  return { output: () => output, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
