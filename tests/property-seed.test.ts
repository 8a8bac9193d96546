import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import seeded from './fast-check.config.ts'
import { codeSeed, propertySeed } from './property-seed.ts'

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

  it('comes from the code if the variable is not set', () => {
    vi.stubEnv('ISTMO_PROPERTY_SEED', undefined)
    const seed = propertySeed()
    expect([seed, seed | 0]).toEqual([seed, seed])
    expect(seed).toBeGreaterThanOrEqual(0)
  })

  it('is the same in a copy without git and with other pages, and another one after any change of the code', () => {
    const [one, other] = [mkdtempSync(join(tmpdir(), 'istmo-seed-')), mkdtempSync(join(tmpdir(), 'istmo-seed-'))]
    try {
      for (const copy of [one, other]) {
        mkdirSync(join(copy, 'contract'))
        writeFileSync(join(copy, 'contract/ids.ts'), 'export const a = 1\n')
      }
      const before = codeSeed(one)
      // What git does not track, and the pages.
      mkdirSync(join(other, 'contract/node_modules/graphql'), { recursive: true })
      for (const path of ['README.md', 'contract/node_modules/graphql/index.ts', '.cached.ts']) {
        writeFileSync(join(other, path), path)
      }
      expect(codeSeed(other)).toBe(before)
      writeFileSync(join(other, 'contract/ids.ts'), 'export const a = 2\n')
      expect(codeSeed(other)).not.toBe(before)
      rmSync(join(one, 'contract/ids.ts'))
      writeFileSync(join(one, 'contract/id.ts'), 'export const a = 1\n')
      expect(codeSeed(one)).not.toBe(before)
    } finally {
      for (const copy of [one, other]) rmSync(copy, { recursive: true })
    }
  })

  it('is that of all random cases of each run, also of one that no variable asks for a seed', () => {
    expect(process.env.ISTMO_PROPERTY_SEED).toBe(String(propertySeed()))
    expect(fc.readConfigureGlobal()?.seed).toBe(propertySeed())
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

  it('is in .ci/run that of the code', () => {
    const line = /^ISTMO_PROPERTY_SEED=.+$/m.exec(readFileSync(join(ROOT, '.ci/run'), 'utf8'))?.[0] ?? ''
    const { ISTMO_PROPERTY_SEED: _, ...rest } = process.env
    const env = { ...rest, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
    const printed = execFileSync('bash', ['-c', `${line}; echo "$ISTMO_PROPERTY_SEED"`], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    })
    expect(printed.trim()).toBe(String(codeSeed()))
  })
})
