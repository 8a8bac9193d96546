import type { Domain } from '../../contract/domain.ts'
import { end, type Pins, startProgram } from '../trust/processes.ts'

/** Starts the process of the subgraphs without rules, on the cores of the others. */
export async function startStub({ others }: Pins) {
  const running = await startProgram(others, ['bench/gateways/stub/subgraphs.ts'], /^(\{.+\})$/m)
  const { control, ...ports } = JSON.parse(running.said) as Record<Domain | 'control', number>
  return { pid: Number(running.child.pid), control, ports, stop: () => end(running) }
}
