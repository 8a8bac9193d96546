import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { siblingModule } from '../../service/module-path.ts'
import { childEnvironment, PROJECT_DIR } from '../config.ts'

/** How long a child may take to end in order before it is killed, in milliseconds. */
export const STOP_GRACE_MS = 8000

/** A Node program to run as a child. */
export interface ChildSpec {
  /** How it is called in messages, and in the name of its log: `gateway`, `HN`. */
  readonly name: string
  /** The program, from the project's folder, and its arguments. */
  readonly args: readonly string[]
  /** Environment variables to set; null takes one away. */
  readonly env: Readonly<Record<string, string | null>>
  /** Where its output goes. Written anew. */
  readonly logFile: string
  /** Where Node keeps compiled code from run to run. */
  readonly codeCache: string
  /** Called with each message that it sends over its channel. */
  readonly onMessage?: (message: unknown) => void
}

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running child. */
export interface Child {
  readonly name: string
  readonly pid: number | undefined
  readonly logFile: string
  /** Settles when it has ended; never rejects. */
  readonly exited: Promise<Exit>
  /** Whether somebody asked it to end. */
  readonly stopping: () => boolean
  /** Asks it to end, and kills it after {@link STOP_GRACE_MS}. */
  stop(): Promise<Exit>
  kill(): void
}

const DIE_WITH_PARENT = siblingModule(import.meta, './die-with-parent.ts').href

/** Starts a child in the supervisor's own process group, with a channel whose end tells it that the supervisor is gone. */
export function startChild(spec: ChildSpec): Child {
  const log = openSync(spec.logFile, 'w', 0o600)
  const child = spawn(process.execPath, ['--import', DIE_WITH_PARENT, ...spec.args], {
    cwd: PROJECT_DIR,
    env: childEnvironment({ NODE_COMPILE_CACHE: spec.codeCache, ...spec.env }),
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  if (spec.onMessage !== undefined) child.on('message', spec.onMessage)
  let stopping = false
  const exited = whenEnded(child)
  return {
    name: spec.name,
    pid: child.pid,
    logFile: spec.logFile,
    exited,
    stopping: () => stopping,
    kill: () => {
      stopping = true
      child.kill('SIGKILL')
    },
    stop: () => {
      stopping = true
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
      return exited.finally(() => clearTimeout(late))
    },
  }
}

/** An exit in words: `exit code 1`, `signal SIGKILL`. */
export function describeExit(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`
}

function whenEnded(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: 127, signal: null })
    })
  })
}
