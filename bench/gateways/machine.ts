/** Says on what a run was made. */
import { execFileSync } from 'node:child_process'
import { cpus, release } from 'node:os'
import type { Pins } from '../trust/processes.ts'

/** Returns lines about the commit, the machine, and the cores. */
export function describeMachine(pins: Pins): readonly string[] {
  const [cpu] = cpus()
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  return [
    `Istmo at ${commit}, on ${new Date().toISOString().slice(0, 10)}.`,
    `${cpus().length} × ${cpu?.model.trim()}, Linux ${release()}, Node ${process.versions.node}. Gateways on core ${pins.gateways}, subgraphs and wrk on core ${pins.others}.`,
  ]
}
