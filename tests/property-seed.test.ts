import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import seeded from './fast-check.config.ts'
import { propertySeed } from './property-seed.ts'

const ROOT = join(import.meta.dirname, '..')

/** Draws three values as a property does. */
function draw(from: typeof fc): readonly number[] {
  const drawn: number[] = []
  from.assert(
    from.property(from.integer(), (value) => {
      drawn.push(value)
    }),
    { numRuns: 3 },
  )
  return drawn
}

describe('the seed of random cases', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.each([
    ['0', 0],
    ['268435455', 268_435_455],
    ['-1', -1],
  ])('is what ISTMO_PROPERTY_SEED=%s says', (text, seed) => {
    vi.stubEnv('ISTMO_PROPERTY_SEED', text)
    expect(propertySeed()).toBe(seed)
  })

  it('is another one in each run if the variable is not set', () => {
    vi.stubEnv('ISTMO_PROPERTY_SEED', undefined)
    expect(propertySeed()).toBe(null)
  })

  it.each(['', 'x', '1.5', '4294967296', 'NaN'])('is refused if it is no integer of 32 bits: «%s»', (text) => {
    vi.stubEnv('ISTMO_PROPERTY_SEED', text)
    expect(propertySeed).toThrow('expected an integer of 32 bits')
  })

  it('decides which cases a property draws', () => {
    const before = seeded.readConfigureGlobal()
    try {
      seeded.configureGlobal({ ...before, seed: 4_711 })
      const first = draw(seeded)
      expect(draw(seeded)).toEqual(first)
      seeded.configureGlobal({ ...before, seed: 4_712 })
      expect(draw(seeded)).not.toEqual(first)
    } finally {
      seeded.configureGlobal(before)
    }
  })

  it('comes in .ci/run from the files that are tested, as an integer of 32 bits', () => {
    const line = /^ISTMO_PROPERTY_SEED=.+$/m.exec(readFileSync(join(ROOT, '.ci/run'), 'utf8'))?.[0] ?? ''
    const seedIn = (cwd: string): string =>
      execFileSync('bash', ['-c', `${line}; echo "$ISTMO_PROPERTY_SEED"`], { cwd, encoding: 'utf8' }).trim()
    expect(Number(seedIn(ROOT)) | 0).toBe(Number(seedIn(ROOT)))
    expect(Number(seedIn('/')), 'a copy without git').toBe(0xe3b0c44)
  })
})
