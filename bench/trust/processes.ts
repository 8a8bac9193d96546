/** Processes on cores of their own, and the processor time that they took. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const PROJECT = join(import.meta.dirname, '../..')

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10

/** On which cores gateways and everything else run, as `taskset -c` takes them. */
export interface Pins {
  readonly gateways: string
  readonly others: string
}

/** A process that said that it is ready. */
export interface Running {
  readonly child: ChildProcess
  /** What it said: the first group of the pattern. */
  readonly said: string
}

const started = new Set<ChildProcess>()

/** Lets no process outlive the bench, however the bench ends. */
export function endWithBench(): void {
  process.on('exit', () => {
    for (const child of started) child.kill('SIGKILL')
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
}

/** Puts a process and all its threads on some cores. */
export function pin(cores: string, pid: number | undefined): void {
  execFileSync('taskset', ['-a', '-p', '-c', cores, String(pid)], { stdio: 'ignore' })
}

/**
 * Starts a program of Node, and waits until it writes what fits `pattern` to its output. It starts on any core, and is then put on its own.
 * @throws {Error} with its output, if it ends before.
 */
export async function startProgram(cores: string, args: readonly string[], pattern: RegExp): Promise<Running> {
  return startCommand(cores, [process.execPath, ...args], pattern)
}

/** Starts a program as {@link startProgram} does, whatever it was written in. `options`: its folder, and what its environment has besides. */
export async function startCommand(
  cores: string,
  [command = '', ...args]: readonly string[],
  pattern: RegExp,
  { cwd = PROJECT, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Running> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  started.add(child)
  child.once('exit', () => started.delete(child))
  let text = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const said = await new Promise<string>((resolve, reject) => {
    let found: string | undefined
    // It goes on reading: a process whose output nobody reads stands still as soon as the pipe is full.
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (found !== undefined) return
      text += chunk
      found = pattern.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.stdout.once('end', () => reject(new Error(`expected a process that says it listens; it ended: ${text}`)))
  })
  pin(cores, child.pid)
  return { child, said }
}

/** Throws if a process has ended. */
export function checkRunning(name: string, { child }: Running): void {
  if (child.exitCode === null && child.signalCode === null) return
  throw new Error(`expected the process of the ${name} to run; it ended`)
}

/** Ends a process, and waits until it has ended. */
export async function end({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** Reads how much processor time processes have taken with all their threads, in milliseconds. */
export function cpuMs(running: readonly Running[]): number {
  return running.reduce((sum, { child }) => {
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return sum + (Number(fields[11]) + Number(fields[12])) * TICK_MS
  }, 0)
}
