/** Says on what a run was made. */
import { execFileSync } from 'node:child_process'
import { cpus, release } from 'node:os'
import type { Pins } from '../trust/processes.ts'

/** Returns the short name of the commit that is checked out in a folder, or in this one. */
export function commitOf(folder?: string): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: folder }).trim()
}

/** Returns lines about the commit, the machine, and the cores. */
export function describeMachine(pins: Pins): readonly string[] {
  const [cpu] = cpus()
  return [
    `Istmo at ${commitOf()}, on ${new Date().toISOString().slice(0, 10)}.`,
    `${cpus().length} × ${cpu?.model.trim()}, Linux ${release()}, Node ${process.versions.node}. Gateways on core ${pins.gateways}, subgraphs and wrk on core ${pins.others}.`,
  ]
}
