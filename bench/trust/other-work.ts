/** How much of the machine other work used while the bench measured. */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { cpuMs, type Running } from './processes.ts'

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10

/** Begins to watch. The function that it returns gives the share of all processors that others took since, from 0 to 1. */
export function watchOtherWork(own: () => readonly Running[]): () => number {
  const read = () => ({ busy: busyMs(), own: cpuMs(own()) + ownMs(), at: performance.now() })
  const from = read()
  return () => {
    const to = read()
    const others = to.busy - from.busy - (to.own - from.own)
    return Math.max(0, others / ((to.at - from.at) * cpus().length))
  }
}

/** Reads how long all processors were busy, in milliseconds: user, nice, system, irq, softirq and steal (proc(5)). */
function busyMs(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? []
  return (user + nice + system + irq + softirq + steal) * TICK_MS
}

function ownMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
