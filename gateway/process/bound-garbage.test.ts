import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** Keeps the last of what passes through, as a cache of operations does, and prints how many bytes the old generation had at most. */
const PROGRAM = `
import { getHeapSpaceStatistics } from 'node:v8'
const [, module, how] = process.argv
const { boundGarbage } = await import(module)
if (how === 'bounded') boundGarbage()
const kept = []
let largest = 0
for (let at = 0; at < 400_000; at++) {
  kept[at % 20_000] = Array.from({ length: 20 }, (_, part) => ({ at, part }))
  if (at % 1_000 !== 0) continue
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')
  largest = Math.max(largest, old.space_used_size)
}
console.log(kept.length === 20_000 ? largest : '')
`

/** The young generation is small, so that more becomes old. */
const FLAGS = ['--max-semi-space-size=2', '--input-type=module']

async function measure(how: 'bounded' | 'usual'): Promise<number> {
  const module = new URL('./bound-garbage.ts', import.meta.url).href
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, '-e', PROGRAM, module, how])
  return Number(stdout)
}

describe('a process that bounds its garbage', () => {
  it('has less of it when values pass through a cache', async () => {
    const [bounded, usual] = await Promise.all([measure('bounded'), measure('usual')])
    expect(bounded).toBeGreaterThan(0)
    expect(bounded / usual).toBeLessThan(0.8)
  })
})
