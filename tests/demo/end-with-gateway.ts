import { once } from 'node:events'
import { expect } from 'vitest'
import { isAlive, type RunningDemo } from './running-demo.ts'

/** Kills the gateway of a demo, and expects that the demo then ends all its processes and says why. */
export async function expectEndWithGateway(demo: RunningDemo): Promise<void> {
  const { gateway, ...others } = await demo.children()
  const exit = once(demo.process, 'exit')
  process.kill(Number(gateway), 'SIGKILL')
  expect(((await exit) as [number | null])[0]).toBe(1)
  expect(demo.output()).toContain('the gateway ended by itself (signal SIGKILL)')
  expect(Object.values(others).filter(isAlive)).toEqual([])
}
