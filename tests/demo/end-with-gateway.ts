import { once } from 'node:events'
import { isAlive, type RunningDemo } from './running-demo.ts'

/** How a demo ended whose gateway was killed. */
export interface EndWithGateway {
  readonly code: number | null
  /** Why, in its own words. */
  readonly said: string
  /** The names of its processes that were still there. */
  readonly left: readonly string[]
}

/** Kills the gateway of a demo, and waits for the end of the demo. */
export async function endWithGateway(demo: RunningDemo): Promise<EndWithGateway> {
  const { gateway, ...others } = await demo.children()
  const exit = once(demo.process, 'close')
  process.kill(Number(gateway), 'SIGKILL')
  const [code] = (await exit) as [number | null]
  const left = Object.keys(others).filter((name) => isAlive(Number(others[name])))
  return { code, said: /^demo: .*$/m.exec(demo.output())?.[0] ?? '', left }
}
