import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { availableParallelism, freemem, loadavg } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isTaken } from '../../joining/running/ask.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { siblingModule } from '../../service/module-path.ts'
import { PREPARED_VARIABLE } from '../../service/prepared-database.ts'
import { UsageError } from '../../service/usage-error.ts'
import { childEnvironment, PROJECT_DIR } from '../config.ts'
import { say } from '../words.ts'

/** How long a child may take from its start until it answers, in milliseconds. A machine that is busy with other work may need minutes. */
export const READY_WITHIN_MS = 900_000

/** After how long the person who waits is told why, and then again each time, in milliseconds. */
const TELL_AFTER_MS = 60_000

/** The time between two looks, in milliseconds. Nine children are looked at while they need both processors. */
const POLL_MS = 200

/** A child that runs to its end. */
export type ProgramSpec = Omit<ChildSpec, 'kind' | 'logFile' | 'codeCache' | 'prepared'>

/** A child that serves HTTP. It is ready when `readyUrl` answers 200. */
export interface ServiceSpec extends ProgramSpec {
  readonly readyUrl: string
  /** The file of the authority, in PEM, that knows the server of `readyUrl`, if it speaks TLS. */
  readonly ca?: string
}

/** The demo's children, by name. */
export interface Processes {
  /** Starts a service and waits until it answers. @throws {UsageError} with the end of its log, when it ends first or takes too long. */
  serve(spec: ServiceSpec): Promise<void>
  /** Runs a child to its end. @throws {UsageError} with the end of its log, unless it ends with exit code 0. */
  run(spec: ProgramSpec): Promise<void>
  isRunning(name: string): boolean
  /** Whether all children were ended for good. */
  isClosed(): boolean
  /** Ends one child. Returns null if there is no child of that name. */
  stop(name: string): Promise<Exit | null>
  /** Ends all children for good. No child can start afterwards. */
  stopAll(): Promise<void>
  /** Kills all running children at once and for good. */
  killAll(): void
}

/** The places of the children's logs, process ids, compiled code and fresh databases, and the function to call when a child ends that nobody stopped. */
export interface ProcessesSettings extends Pick<ChildSpec, 'codeCache' | 'prepared'> {
  readonly logs: string
  readonly pids: string
  readonly onUnexpectedEnd: (child: Child, exit: Exit) => void
  /** Called with a sentence for the person who waits, each minute in which a child does not answer yet. */
  readonly onSlow: (text: string) => void
  /** For tests: other times than {@link READY_WITHIN_MS} and a minute, in milliseconds. */
  readonly patience?: Patience
}

interface Patience {
  readonly readyWithinMs: number
  readonly tellAfterMs: number
}

/** Creates an empty set of children. */
export function createProcesses(settings: ProcessesSettings): Processes {
  const running = new Map<string, Child>()
  let closed = false

  const start = (spec: ProgramSpec, kind: ChildSpec['kind']): Child => {
    if (closed) throw new UsageError('the demo is stopping')
    const child = startChild({
      ...spec,
      kind,
      logFile: join(settings.logs, `${spec.name}.log`),
      codeCache: settings.codeCache,
      prepared: settings.prepared,
    })
    running.set(spec.name, child)
    const notePids = () => writePids(settings.pids, running)
    notePids()
    void child.exited.then(() => {
      if (running.get(spec.name) === child) running.delete(spec.name)
      notePids()
    })
    return child
  }

  return {
    serve: async (spec) => {
      const child = start(spec, 'service')
      await whenReady(child, spec, settings)
      void child.exited.then((exit) => child.stopping() || settings.onUnexpectedEnd(child, exit))
    },
    run: async (spec) => {
      const child = start(spec, 'program')
      const exit = await child.exited
      if (exit.code !== 0) throw await failure(child, describeExit(exit))
    },
    isRunning: (name) => running.has(name),
    isClosed: () => closed,
    stop: async (name) => (await running.get(name)?.stop()) ?? null,
    stopAll: async () => {
      closed = true
      await Promise.all([...running.values()].map((child) => child.stop()))
    },
    killAll: () => {
      closed = true
      for (const child of running.values()) child.kill()
    },
  }
}

const PATIENCE: Patience = { readyWithinMs: READY_WITHIN_MS, tellAfterMs: TELL_AFTER_MS }

async function whenReady(
  child: Child,
  { readyUrl: url, ca }: ServiceSpec,
  { onSlow, patience: { readyWithinMs, tellAfterMs } = PATIENCE }: ProcessesSettings,
): Promise<void> {
  const ask = createTrustedFetch(ca === undefined ? {} : { ca: await readFile(ca, 'utf8') })
  const startedAt = Date.now()
  let toldAt = startedAt
  let exit: Exit | undefined
  void child.exited.then((ended) => {
    exit = ended
  })
  while (!(await answers(url, ask))) {
    if (exit !== undefined) throw await failure(child, describeExit(exit))
    const now = Date.now()
    if (now - startedAt > readyWithinMs) {
      throw await failure(child, say('start.noAnswer', { url, seconds: seconds(readyWithinMs), load: describeLoad() }))
    }
    if (now - toldAt >= tellAfterMs) {
      toldAt = now
      onSlow(say('start.slow', { name: child.name, seconds: seconds(now - startedAt), load: describeLoad() }))
    }
    await sleep(POLL_MS)
  }
}

const seconds = (ms: number): number => Math.round(ms / 1000)

/** Says how busy this machine is: the usual reason why a child does not answer yet. */
function describeLoad(): string {
  const processors = availableParallelism()
  const [load = 0] = loadavg()
  const free = (freemem() / 2 ** 30).toFixed(1)
  return say('start.load', { load: load.toFixed(1), processors, free })
}

async function answers(url: string, ask: typeof fetch): Promise<boolean> {
  // Cheaper than a request over TLS that finds nobody.
  const { hostname: host, port } = new URL(url)
  if (!(await isTaken({ host, port: Number(port) }))) return false
  try {
    const response = await ask(url, { signal: AbortSignal.timeout(2000), redirect: 'error' })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

async function failure(child: Child, reason: string): Promise<UsageError> {
  const log = await readFile(child.logFile, 'utf8').catch(() => '')
  const end = log.trimEnd().split('\n').slice(-12).join('\n')
  return new UsageError(say('start.failed', { name: child.name, reason, log: child.logFile, end }))
}

// The file is replaced in one step, because two writers at once would mix their contents.
/** Writes the processes down in one step, so that nobody reads half of them. */
function writePids(path: string, running: ReadonlyMap<string, Child>): void {
  const pids = Object.fromEntries([...running].map(([name, child]) => [name, child.pid]))
  writeFileSync(`${path}.new`, JSON.stringify(pids))
  renameSync(`${path}.new`, path)
}

/** How long the children of a killed demo may take to notice and end, in milliseconds. */
const LEFTOVERS_WITHIN_MS = 10_000

/**
 * Waits until the children of an earlier run in this folder are gone. They need a moment if their supervisor was killed. After
 * {@link LEFTOVERS_WITHIN_MS} it waits no longer: a child that still runs holds the lock of its own folder, so no other process damages it.
 */
export async function awaitLeftovers(pidsFile: string): Promise<void> {
  const deadline = Date.now() + LEFTOVERS_WITHIN_MS
  let left = (await readPids(pidsFile)).filter(isLeftover)
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(POLL_MS)
    left = left.filter(isLeftover)
  }
  await rm(pidsFile, { force: true })
}

async function readPids(path: string): Promise<readonly number[]> {
  try {
    const pids: unknown = JSON.parse(await readFile(path, 'utf8'))
    return Object.values(pids as Record<string, unknown>).filter((pid) => Number.isInteger(pid)) as number[]
  } catch {
    return []
  }
}

/** Returns whether a process runs and is a child of a demo. Where the system does not tell (/proc), each process may be one. */
function isLeftover(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    // A process that is ending has no command line any more.
    return command === '' || command.includes(basename(DIE_WITH_PARENT))
  } catch {
    return !existsSync('/proc/self')
  }
}

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
