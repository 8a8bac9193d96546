import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { leftOut, MORE_ON_SERVER, ON_EITHER_DATABASE } from './second-settings.ts'

const SERVER = { ISTMO_TEST_DATABASE_URL: 'postgres://127.0.0.1/postgres' }
const SEEDS = Array.from({ length: 30 }, (_, at) => String(at * 7_919))

beforeEach(() => {
  vi.stubEnv('ISTMO_CI_SHARE', '3')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a story that may run on either kind of database', () => {
  it.each([...ON_EITHER_DATABASE, ...MORE_ON_SERVER])('exists: %s', (file) => {
    expect(existsSync(join(import.meta.dirname, '..', file))).toBe(true)
  })

  it('runs in CI on exactly one of the two, and over many changes on both', () => {
    const onServer = new Set<string>()
    const embedded = new Set<string>()
    for (const seed of SEEDS) {
      vi.stubEnv('ISTMO_PROPERTY_SEED', seed)
      const lacksEmbedded = leftOut({}).filter((file) => !MORE_ON_SERVER.includes(file))
      const lacksServer = leftOut(SERVER)
      expect([...lacksEmbedded, ...lacksServer].sort()).toEqual([...ON_EITHER_DATABASE].sort())
      for (const file of lacksEmbedded) onServer.add(file)
      for (const file of lacksServer) embedded.add(file)
    }
    expect([onServer.size, embedded.size]).toEqual([ON_EITHER_DATABASE.length, ON_EITHER_DATABASE.length])
  })

  it('runs in CI on a server if it demands more there', () => {
    for (const seed of SEEDS) {
      vi.stubEnv('ISTMO_PROPERTY_SEED', seed)
      expect(leftOut({})).toEqual(expect.arrayContaining([...MORE_ON_SERVER]))
      expect(leftOut(SERVER)).not.toEqual(expect.arrayContaining([...MORE_ON_SERVER]))
    }
  })

  it('runs on both in a whole run', () => {
    vi.stubEnv('ISTMO_CI_SHARE', '1')
    expect([leftOut({}), leftOut(SERVER), leftOut({ ISTMO_FAST: '0' })]).toEqual([[], [], []])
  })
})

describe('without the fast ways', () => {
  it('CI leaves out two of three files, and always only one', () => {
    const counts = new Map<string, number>()
    for (const seed of SEEDS) {
      vi.stubEnv('ISTMO_PROPERTY_SEED', seed)
      for (const file of leftOut({ ISTMO_FAST: '0' })) counts.set(file, (counts.get(file) ?? 0) + 1)
    }
    expect(counts.size).toBeGreaterThan(10)
    // What planning costs is the same both ways.
    const always = [...counts].flatMap(([file, count]) => (count === SEEDS.length ? [file] : []))
    expect(always).toEqual(['tests/hostile-client/planning.test.ts'])
  })
})
