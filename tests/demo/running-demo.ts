/** Starts the demo as a person does, but in a temporary home and on free ports. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { logIn } from '../../demo/authority/log-in.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { operatorPort } from '../../demo/countries.ts'
import { homeIn } from '../../demo/home.ts'
import type { ProfileName } from '../../demo/provider/officers.ts'
import { takePorts } from '../ports.ts'

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The home and ports of a demo. Several demos may be started in it, one after the other. */
export interface DemoPlace {
  readonly home: string
  readonly port: number
  /** Starts the program of `npm start`, with few records unless `args` say otherwise, and waits until it reports that it is ready. */
  start(args?: readonly string[]): Promise<RunningDemo>
  /** Runs a program of the project to its end, in this home. */
  run(...args: string[]): Promise<Ended>
  remove(): Promise<void>
}

/** A running demo. */
export interface RunningDemo {
  readonly process: ChildProcess
  /** What it has written so far. */
  output(): string
  /** The process ids of its children, by name. */
  children(): Promise<Readonly<Record<string, number>>>
  /** Sends a signal and waits for the end. Returns the exit code, or null if the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** Deadlines of the gateway, in milliseconds, for a demo in which no country is meant to be late: a busy machine needs seconds for a first answer. */
export const PATIENT_DEADLINES = {
  LEG_DEADLINE_MS: '60000',
  REQUEST_DEADLINE_MS: '120000',
  // The planning thread has a low priority, and five seconds are over soon beside other tests.
  PLANNING_DEADLINE_MS: '60000',
}

const SMALL = ['--persons', '30', '--cases', '60']

/** Makes a new home. `env` is laid over the environment of this process. */
export async function createDemoPlace(env: Readonly<Record<string, string>> = {}): Promise<DemoPlace> {
  const home = await mkdtemp(join(tmpdir(), 'istmo-demo-'))
  const port = await takePorts(operatorPort(0) + 1)
  const environment = { ...environmentOf({ home, port }), ...env }
  const started: ChildProcess[] = []
  return {
    home,
    port,
    start: async (args = SMALL) => {
      const child = spawn(process.execPath, ['demo/start.ts', ...args], {
        cwd: PROJECT_DIR,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      started.push(child)
      return whenReady(child, home)
    },
    run: (...args) => runProgram(args, environment),
    remove: async () => {
      for (const child of started) child.kill('SIGKILL')
      // The children of a killed demo need a moment to notice, and may still write.
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    },
  }
}

const environmentOf = ({ home, port }: Pick<DemoPlace, 'home' | 'port'>) => ({
  ...process.env,
  ISTMO_HOME: home,
  PORT: String(port),
})

/** Runs a program of the project to its end, with the demo that runs in this home and at this port. */
export const runBeside = (place: Pick<DemoPlace, 'home' | 'port'>, ...args: string[]): Promise<Ended> =>
  runProgram(args, environmentOf(place))

/** Returns a bearer token as `istmo token PROFILE` does, without a process, which takes a second of a core. */
export const tokenOf = ({ home, port }: Pick<DemoPlace, 'home' | 'port'>, profile: ProfileName): Promise<string> =>
  logIn({ profile }, { ca: homeIn(home).ca, port })

function runProgram(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: PROJECT_DIR, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
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

/** Checks whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** How long to wait before a question is asked again. A country that has just started answers sooner if nobody asks it all the time. */
export const ASK_AGAIN_MS = 500

/** Waits until `condition` holds. If it never does, the test’s timeout ends the wait. */
export async function until(condition: () => boolean | Promise<boolean>, everyMs = 50): Promise<void> {
  while (!(await condition())) await sleep(everyMs)
}
