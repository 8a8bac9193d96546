/** A demo as a person starts it: a process of its own, in a temporary home, on ports that are free. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_DIR } from '../../demo/config.ts'

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A demo's home and ports; several demos, one after the other, may be started in it. */
export interface DemoPlace {
  readonly home: string
  readonly port: number
  /** Starts `npm start`'s program and waits until it says that it is ready. */
  start(): Promise<RunningDemo>
  /** Runs a program of the project to its end in this home. */
  run(...args: string[]): Promise<Ended>
  remove(): Promise<void>
}

/** A demo that is up. */
export interface RunningDemo {
  readonly process: ChildProcess
  /** All that it said so far. */
  output(): string
  /** Process ids of its children, by name. */
  children(): Promise<Readonly<Record<string, number>>>
  /** Sends a signal and waits for the end: the exit code, or null after a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

const SMALL = ['--persons', '30', '--cases', '60']

/** A fresh place; `env` is laid over the environment. */
export async function createDemoPlace(env: Readonly<Record<string, string>> = {}): Promise<DemoPlace> {
  const home = await mkdtemp(join(tmpdir(), 'istmo-demo-'))
  const port = await freeBasePort()
  const environment = { ...process.env, ISTMO_HOME: home, PORT: String(port), ...env }
  const started: ChildProcess[] = []
  return {
    home,
    port,
    start: async () => {
      const child = spawn(process.execPath, ['demo/start.ts', ...SMALL], {
        cwd: PROJECT_DIR,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      started.push(child)
      return whenReady(child, home)
    },
    run: (...args) =>
      new Promise((resolve) => {
        execFile(process.execPath, args, { cwd: PROJECT_DIR, env: environment }, (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
        )
      }),
    remove: async () => {
      for (const child of started) child.kill('SIGKILL')
      // The children of a killed demo need a moment to notice.
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    },
  }
}

async function whenReady(child: ChildProcess, home: string): Promise<RunningDemo> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  let ended = false
  void once(child, 'exit').then(() => {
    ended = true
  })
  while (!output.includes('Ctrl-C stops all of it')) {
    if (ended) throw new Error(`the demo ended before it was ready:\n${output}`)
    await sleep(50)
  }
  return {
    process: child,
    output: () => output,
    children: async () => JSON.parse(await readFile(join(home, 'run/pids.json'), 'utf8')) as Record<string, number>,
    end: async (signal) => {
      const exit = once(child, 'exit')
      child.kill(signal)
      return ((await exit) as [number | null])[0]
    },
  }
}

/** Whether a process of this id is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Waits until `condition` holds; the test's timeout ends a wait that is in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50)
}

/** A base port with the eleven above it free. Below the range from which the system gives out ports to others. */
async function freeBasePort(): Promise<number> {
  for (;;) {
    const base = 10_000 + 12 * Math.floor(Math.random() * 1_600)
    const free = await Promise.all(Array.from({ length: 12 }, (_, offset) => isFree(base + offset)))
    if (free.every(Boolean)) return base
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
