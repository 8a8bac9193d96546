/** How much processor time and memory a process takes together with all processes that it started, as Linux counts them (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10

/** Reads how much processor time a process and its descendants have taken, in milliseconds, with those that have ended. */
export function cpuOfTree(pid: number): number {
  return sumOfTree(pid, (one) => {
    const fields = readFile(`/proc/${one}/stat`).split(') ').at(-1)?.split(' ') ?? []
    // utime, stime, cutime and cstime.
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * TICK_MS, 0)
  })
}

/** Reads how much memory of a process and its descendants is resident, in MiB. */
export function memoryOfTree(pid: number): number {
  return sumOfTree(pid, (one) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFile(`/proc/${one}/status`))?.[1] ?? 0) / 1_024)
}

/** Reads how long the main thread of a process could run and waited for a core, in milliseconds, since it began. */
export function waitedForCore(pid: number): number {
  const [, waitedNs] = readFile(`/proc/${pid}/schedstat`).split(' ').map(Number)
  return (waitedNs ?? Number.NaN) / 1_000_000
}

/** Begins to watch. The function that it returns gives the share of all processors that others took since, from 0 to 1. */
export function watchOthers(): () => number {
  const read = () => ({ ...readMachine(), own: cpuOfTree(process.pid) })
  const from = read()
  return () => {
    const to = read()
    const others = to.busyMs - from.busyMs - (to.own - from.own)
    return Math.max(0, others / (to.totalMs - from.totalMs))
  }
}

/** Reads how long all processors were busy, and how long they were there: user, nice, system, idle, iowait, irq, softirq and steal. */
function readMachine(): { readonly busyMs: number; readonly totalMs: number } {
  const fields = /^cpu +(.+)$/m.exec(readFile('/proc/stat'))?.[1]?.split(' ').slice(0, 8).map(Number) ?? []
  const total = fields.reduce((sum, ticks) => sum + ticks, 0)
  const [, , , idle = 0, waiting = 0] = fields
  return { busyMs: (total - idle - waiting) * TICK_MS, totalMs: total * TICK_MS }
}

function sumOfTree(pid: number, valueIn: (pid: number) => number): number {
  const children = listThreads(pid).flatMap((thread) => readFile(`/proc/${pid}/task/${thread}/children`).split(' '))
  return children.reduce((sum, child) => sum + (child === '' ? 0 : sumOfTree(Number(child), valueIn)), valueIn(pid))
}

function listThreads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** A process may end between two reads: then it has nothing. */
function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
