import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { siblingModule } from '../../service/module-path.ts'
import { PREPARED_VARIABLE } from '../../service/prepared-database.ts'
import { childEnvironment, PROJECT_DIR } from '../config.ts'
import { say } from '../words.ts'

/** How long a child may take to end in order before the supervisor kills it, in milliseconds. */
export const STOP_GRACE_MS = 8000

/** A Node program to run as a child. */
export interface ChildSpec {
  /** Its name in messages and in the name of its log: `gateway`, `HN`. */
  readonly name: string
  /** The path of the program, relative to the project's folder, and its arguments. */
  readonly args: readonly string[]
  /** Environment variables to set. Null removes one. */
  readonly env: Readonly<Record<string, string | null>>
  /** The file for its output. Each start overwrites it. */
  readonly logFile: string
  /** The folder in which Node caches compiled code between runs, unless the environment names another (NODE_COMPILE_CACHE). */
  readonly codeCache: string
  /** The folder with the databases that new ones begin as copies of, unless the environment names another. It need not exist. */
  readonly prepared: string
  /** Whether it ends by itself, or serves until it is stopped. */
  readonly kind: keyof typeof WASM_FLAG
  /** Called with each message that the child sends over its channel. */
  readonly onMessage?: (message: unknown) => void
}

/** How a process ended. One of the two members is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running child. */
export interface Child {
  readonly name: string
  readonly pid: number | undefined
  readonly logFile: string
  /** Resolves when the child has ended. Never rejects. */
  readonly exited: Promise<Exit>
  /** Returns whether `stop` was called. */
  readonly stopping: () => boolean
  /** Asks the child to end, and kills it after {@link STOP_GRACE_MS}. */
  stop(): Promise<Exit>
  kill(): void
}

/**
 * How V8 compiles WebAssembly (the embedded PostgreSQL, the policies). A service of the demo compiles it once, quickly: a better compilation takes 0.6 s of a core
 * at each start, and pays only under a load that a demo does not have. A program that ends by itself does all of its work during a start. It compiles what
 * has run often once more; V8's own number is 1.8 million.
 */
const WASM_FLAG = { program: '--wasm-tiering-budget=400000000', service: '--liftoff-only' } as const

/** The module that every child loads first: its command line shows by it that it is a child of a demo. */
export const DIE_WITH_PARENT = siblingModule(import.meta, './die-with-parent.ts').href

/**
 * Starts a child in the supervisor's own process group, with a channel. When the channel closes, the child knows that the
 * supervisor is gone.
 */
export function startChild(spec: ChildSpec): Child {
  const log = openSync(spec.logFile, 'w', 0o600)
  const flags = [WASM_FLAG[spec.kind], '--import', DIE_WITH_PARENT]
  const child = spawn(process.execPath, [...flags, ...spec.args], {
    cwd: PROJECT_DIR,
    // Somebody may keep the compiled code of several demos in one place.
    env: childEnvironment(spec.env, { NODE_COMPILE_CACHE: spec.codeCache, [PREPARED_VARIABLE]: spec.prepared }),
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

/** Describes an exit in words: `exit code 1`, `signal SIGKILL`. */
export function describeExit(exit: Exit): string {
  return exit.signal === null
    ? say('exit.code', { code: exit.code ?? '' })
    : say('exit.signal', { signal: exit.signal })
}

function whenEnded(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: 127, signal: null })
    })
  })
}
