import fc from 'fast-check'
import { parse } from 'graphql'
import { describe, expect, it, vi } from 'vitest'
import { createHitQuota, type HitQuota, type HitStore, MAX_WIDTH, MAX_WIDTH_OF_TWO_WORDS } from './hit-quota.ts'
import type { HitRow } from './hit-rows.ts'
import { listHitSearches } from './list-hit-searches.ts'
import { createMemoryHits } from './memory-hits.ts'

const DAY_MS = 86_400_000

/** Several processes over one store, with one clock. */
function startProcesses(count: number, store: HitStore = createMemoryHits()) {
  const clock = { now: 0 }
  const processes = Array.from({ length: count }, () => createHitQuota(store, () => clock.now))
  return { clock, processes: processes as [HitQuota, ...HitQuota[]], store }
}

const day = (n: number): string => new Date(Date.UTC(1950, 0, 1 + n)).toISOString().slice(0, 10)
const person = (n: number) => ({ identifier: { category: 'PASSPORT', jurisdiction: 'HN', value: `P${n}` } })
/** Syllables that sound differently for 700 numbers. */
const letters = (n: number): string =>
  [n, n / 28].map((one) => `${'flmnprt'[Math.floor(one) % 7]}${'aeou'[Math.floor(one / 7) % 4]}`).join('')

describe('the quota of hit searches', () => {
  it('counts different searches of one caller on one day, whatever process counts and in whatever lists they come', async () => {
    const steps = fc.array(
      fc.record({
        process: fc.nat({ max: 2 }),
        caller: fc.constantFrom('a', 'b'),
        searches: fc.array(fc.nat({ max: 14 }), { maxLength: 6 }),
        isNextDay: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      }),
      { maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 12 }), async (all, hitsPerDay) => {
        const { clock, processes } = startProcesses(3)
        const known = new Map<string, Set<number>>()
        for (const { process, caller, searches, isNextDay } of all) {
          if (isNextDay) {
            clock.now += DAY_MS
            known.clear()
          }
          const before = known.get(caller) ?? new Set()
          const after = new Set([...before, ...searches])
          const fits = after.size <= hitsPerDay || after.size === before.size
          const taken = await processes[process]?.take(caller, hitsPerDay, searches.map(person))
          expect(taken).toBe(fits)
          if (fits) known.set(caller, after)
        }
      }),
    )
  })

  it('gives no more when processes count at the same time', async () => {
    const { processes } = startProcesses(3)
    const takes = Array.from({ length: 60 }, (_, n) => processes[n % 3]?.take('a', 25, [person(n)]))
    const taken = await Promise.all(takes)
    expect(taken.filter((one) => one === true)).toHaveLength(25)
  })

  it('refuses more than 20 dates of one name, however it is written, and says nothing of what it was', async () => {
    const { processes } = startProcesses(2)
    const [one, two] = processes as [HitQuota, HitQuota]
    const spellings = ['José Pérez', 'PEREZ, Jose', 'Peres  José', 'Joze de Péréz']
    for (let n = 0; n < MAX_WIDTH; n++) {
      const search = { name: spellings[n % 4], birthDate: day(n) }
      expect(await (n % 2 === 0 ? one : two).take('a', 2_000, [search])).toBe(true)
    }
    const more = one.take('a', 2_000, [{ name: 'Jose Perez', birthDate: day(400) }])
    await expect(more).rejects.toMatchObject({ code: 'SEARCH_TOO_WIDE', message: expect.not.stringMatching(/perez/i) })
    expect(await one.take('a', 2_000, [{ name: 'Jose Perez', birthDate: day(3) }])).toBe(true)
    expect(await one.take('b', 2_000, [{ name: 'Jose Perez', birthDate: day(400) }])).toBe(true)
  })

  it('refuses more than 20 names of one telephone, however it is written, and whatever dates stand beside it', async () => {
    const { processes } = startProcesses(1)
    const [one] = processes
    const phone = (n: number) => ({
      category: 'TELEPHONE',
      jurisdiction: n % 2 === 0 ? 'GT' : 'HN',
      value: n % 2 === 0 ? '5555-1234' : '+502 5555 1234',
    })
    const search = (n: number) => ({
      name: `Ana ${letters(n)}rra`,
      identifier: phone(n),
      ...(n % 3 === 0 && { birthDate: day(n) }),
    })
    for (let n = 0; n < MAX_WIDTH; n++) expect(await one.take('a', 2_000, [search(n)])).toBe(true)
    await expect(one.take('a', 2_000, [search(30)])).rejects.toMatchObject({ code: 'SEARCH_TOO_WIDE' })
    // A document is of one person, and its hit says nothing of a name.
    const document = { category: 'PASSPORT', jurisdiction: 'GT', value: 'A1' }
    for (let n = 0; n < 2 * MAX_WIDTH; n++)
      expect(await one.take('b', 2_000, [{ ...search(n * 3 + 1), identifier: document }])).toBe(true)
  })

  it('refuses a list that is too wide by itself, and counts nothing of it', async () => {
    const { processes } = startProcesses(1)
    const dates = Array.from({ length: MAX_WIDTH + 1 }, (_, n) => ({ name: 'Ana Paz', birthDate: day(n) }))
    await expect(processes[0].take('a', 30, dates)).rejects.toMatchObject({ code: 'SEARCH_TOO_WIDE' })
    const names = Array.from({ length: MAX_WIDTH + 1 }, (_, n) => ({ name: `Ana ${letters(n)}rra`, birthDate: day(0) }))
    await expect(processes[0].take('a', 30, names)).rejects.toMatchObject({ code: 'SEARCH_TOO_WIDE' })
    expect(await processes[0].take('a', 30, dates.slice(1))).toBe(true)
  })

  it('refuses many dates of two words of a name, whatever the other words are', async () => {
    const { processes } = startProcesses(1)
    const search = (n: number) => ({ name: `Ana ${letters(n)}rra Paz`, birthDate: day(n) })
    for (let n = 0; n < MAX_WIDTH_OF_TWO_WORDS; n++) expect(await processes[0].take('a', 2_000, [search(n)])).toBe(true)
    await expect(processes[0].take('a', 2_000, [search(MAX_WIDTH_OF_TWO_WORDS)])).rejects.toMatchObject({
      code: 'SEARCH_TOO_WIDE',
    })
  })

  it('takes a list of 500 persons of the same frequent names', async () => {
    const { processes } = startProcesses(1)
    const list = Array.from({ length: 500 }, (_, n) => ({
      name: `${n % 10 === 0 ? 'José' : `Ana${letters(n)}`} ${letters(n * 7)}rra ${n % 8 === 0 ? 'Hernández' : `${letters(n * 3)}ssa`}`,
      birthDate: day(n * 31),
    }))
    expect(await processes[0].take('a', 2_000, list)).toBe(true)
  })

  it('reads the words of a name only of a search for which the day has room', async () => {
    const { processes } = startProcesses(1)
    let read = 0
    const named = (n: number) => ({
      get name() {
        read++
        return `Ana ${letters(n)}rra Paz`
      },
      birthDate: day(n),
    })
    expect(await processes[0].take('a', 2, [named(1), named(2)])).toBe(true)
    expect(read).toBe(4)
    expect(await processes[0].take('a', 2, [named(3), named(4), named(5)])).toBe(false)
    expect(read, 'once each, to know whether it was asked today').toBe(7)
  })

  it('keeps only so much at hand, and counts by the store what it has not', async () => {
    const reads: number[] = []
    const memory = createMemoryHits()
    const read: HitStore['read'] = (caller, of, from) => {
      reads.push(from)
      return memory.read(caller, of, from)
    }
    // A name of two words has three texts: the search, the name and its pair.
    const quota = createHitQuota({ ...memory, read }, () => 0, 10)
    for (let n = 0; n < 3; n++) await quota.take('a', 4, [{ name: 'Ana Paz', birthDate: day(n) }])
    await quota.take('b', 4, [person(1)])
    for (let n = 3; n < 5; n++) await quota.take('a', 4, [{ name: 'Ana Paz', birthDate: day(n) }])
    expect(reads).toEqual([0, 1, 2, 0, 0, 0])
    expect(await quota.take('a', 4, [{ name: 'Ana Paz', birthDate: day(0) }])).toBe(true)
    expect(await quota.take('a', 4, [{ name: 'Ana Paz', birthDate: day(6) }])).toBe(false)
  })

  it('counts what waited over midnight on the new day', async () => {
    const ends: (() => void)[] = []
    const memory = createMemoryHits()
    const append: HitStore['append'] = async (...added) => {
      if (added[1] !== '1970-01-01') return memory.append(...added)
      await new Promise<void>((end) => ends.push(end))
      return false
    }
    const { clock, processes } = startProcesses(1, { ...memory, append })
    const waiting = processes[0].take('a', 2, [person(1), person(2)])
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    clock.now += DAY_MS
    ends[0]?.()
    expect(await waiting).toBe(true)
    expect(await processes[0].take('a', 2, [person(3)])).toBe(false)
  })

  it('keeps texts that say nothing without the secret of the day, and forgets both the next day', async () => {
    const rows: HitRow[] = []
    const forgotten: string[] = []
    const memory = createMemoryHits()
    const store: HitStore = {
      ...memory,
      append: (caller, of, from, added) => {
        rows.push(...added)
        return memory.append(caller, of, from, added)
      },
      forget: (of) => {
        forgotten.push(of)
        return memory.forget(of)
      },
    }
    const { clock, processes } = startProcesses(1, store)
    const search = { name: 'Anastasia Quetzal', birthDate: '1990-01-02' }
    await processes[0].take('a', 10, [search])
    const secret = await memory.secretOf('1970-01-01')
    clock.now += DAY_MS
    await processes[0].take('a', 10, [search])
    // Words so long that no keyed text has them by chance.
    expect(JSON.stringify(rows)).not.toMatch(/anastasia|quetzal|1990-01-02/i)
    expect(rows[0]?.search).not.toBe(rows[1]?.search)
    expect(forgotten).toEqual(['1970-01-01', '1970-01-02'])
    expect(await memory.read('a', '1970-01-01', 0)).toEqual([])
    expect(await memory.secretOf('1970-01-01')).not.toBe(secret)
  })
})

describe('the hit searches of an operation', () => {
  const list = (text: string, variables: Record<string, unknown> = {}) =>
    listHitSearches({ document: parse(text), operationName: undefined, variables })
  it.each<[string, string, Record<string, unknown>, unknown[]]>([
    ['in the document', '{ personHits(search: { name: "A" }) { hits { hit } } }', {}, [{ name: 'A' }]],
    ['in variables', 'query ($s: S) { personHits(search: $s) { a } }', { s: { name: 'A' } }, [{ name: 'A' }]],
    ['in a default', 'query ($s: S = { name: "A" }) { personHits(search: $s) { a } }', {}, [{ name: 'A' }]],
    ['in a member', 'query ($n: S) { personHits(search: { name: $n }) { a } }', { n: 'A' }, [{ name: 'A' }]],
    [
      'in a list',
      'query ($s: S) { personListHits(searches: $s) { a } }',
      { s: [{ name: 'A' }, { name: 'B' }] },
      [{ name: 'A' }, { name: 'B' }],
    ],
    ['in a list of one', '{ personListHits(searches: { name: "A" }) { a } }', {}, [{ name: 'A' }]],
    [
      'under two names',
      '{ a: personHits(search: { name: "A" }) { a } b: personHits(search: { name: "B" }) { a } }',
      {},
      [{ name: 'A' }, { name: 'B' }],
    ],
    [
      'in fragments',
      '{ ...F ... { ...F } } fragment F on Query { personHits(search: { name: "A" }) { a } }',
      {},
      [{ name: 'A' }],
    ],
    ['left out', '{ personHits(search: { name: "A" }) @skip(if: true) { a } }', {}, []],
    ['of nobody', '{ cases { a } }', {}, []],
  ])('are found %s', (_title, text, variables, searches) => {
    expect(list(text, variables)).toEqual(searches)
  })
})
