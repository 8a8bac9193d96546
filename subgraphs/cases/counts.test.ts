import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomCases } from '../../tests/share.ts'
import { createTestExecutor, openTestDatabase, recordStatements, type TestDatabase } from '../kit/testing.ts'
import { type CaseCountArguments, type CaseCounts, selectCounts, type TallyRow } from './case-counts.ts'
import { casesModule } from './module.ts'
import { fillCases, type TestCase } from './testing.ts'

/** Counts of cases: what they count, compared with plain JavaScript, and what a country withholds. */

const CODES = ['01', '0101', '01011', '010111', '02', '020', '0204', '020411'] as const
const DAYS = [null, '2023-12-31', '2024-01-01', '2024-02-29', '2024-02-01'] as const

const world: fc.Arbitrary<readonly TestCase[]> = fc
  .array(
    fc.record({
      filedOn: fc.constantFrom(...DAYS),
      offences: fc.array(fc.record({ iccs: fc.constantFrom(...CODES), committedFrom: fc.constantFrom(...DAYS) }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 10 },
  )
  .map((cases) => cases.map((one, i) => ({ id: `GT:${i}`, ...one })))

/** The digits of a code of each level. */
const DIGITS = [2, 4, 5, 6]

/** The code under which a charge counts at a level: the code of that level above it, or its own if that is coarser. */
function codeAt(code: string, level: number): string {
  const own = code.length === 3 ? code.slice(0, 2) : code
  const digits = DIGITS[level - 1] ?? 0
  return own.length > digits ? own.slice(0, digits) : own
}

/** The definition of the counts, without a threshold. */
function countsOf(cases: readonly TestCase[], args: CaseCountArguments): CaseCounts['counts'] {
  const { iccs, level, by, fromYear, toYear } = args
  const asked = Math.max(level ?? 1, DIGITS.indexOf(iccs?.length ?? 2) + 1)
  const found = new Map<string, Set<string>>()
  for (const { id, filedOn, offences = [] } of cases) {
    const day = filedOn ?? offences.flatMap(({ committedFrom }) => committedFrom ?? []).sort()[0]
    if (day === undefined) continue
    const year = Number(day.slice(0, 4))
    if (year < (fromYear ?? year) || year > (toYear ?? year)) continue
    for (const code of offences
      .map((offence) => codeAt(offence.iccs, asked))
      .filter((one) => one.startsWith(iccs ?? ''))) {
      const cell = `${code} ${year} ${by === 'MONTH' ? day.slice(5, 7) : ''}`
      found.set(cell, (found.get(cell) ?? new Set()).add(id))
    }
  }
  return [...found].sort().map(([cell, ids]) => {
    const [iccs = '', year, month] = cell.split(' ')
    return { iccs, year: Number(year), month: month ? Number(month) : null, cases: ids.size }
  })
}

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase([casesModule], 'GT')
})
afterAll(() => database.close())

const QUERY = `query($iccs: IccsCode, $level: Int, $by: CountPeriod, $fromYear: Int, $toYear: Int) {
  caseCounts(countries: ["GT"], iccs: $iccs, level: $level, by: $by, fromYear: $fromYear, toYear: $toYear) {
    counts { country iccs year month cases } withheldBy outcomes { code } } }`

describe('the range of a country’s cases', () => {
  const ask = async () => {
    const run = createTestExecutor(casesModule, database.db, 'GT', { countThreshold: 5 })
    const { data } = await run('{ caseCounts(countries: ["GT"]) { ranges { country from until asOf } } }')
    return (data as { caseCounts: { ranges: unknown } }).caseCounts.ranges
  }

  it('is from its first to its last year, also where their counts are withheld, and ends today', async () => {
    const offences = [{ iccs: '0101' }]
    await fillCases(database.db, [{ id: 'GT:1', filedOn: '2019-05-05', offences }])
    expect(await ask()).toEqual([{ country: 'GT', from: '2019-01-01', until: '2019-12-31', asOf: null }])
    const today = new Date().toISOString().slice(0, 10)
    await fillCases(database.db, [{ id: 'GT:2', filedOn: today, offences }])
    expect(await ask()).toEqual([{ country: 'GT', from: `${today.slice(0, 4)}-01-01`, until: today, asOf: null }])
    await fillCases(database.db, [{ id: 'GT:3', filedOn: '0219-05-05', offences }])
    expect(await ask()).toEqual([{ country: 'GT', from: '0219-01-01', until: '0219-12-31', asOf: null }])
    await fillCases(database.db, [])
    expect(await ask()).toEqual([{ country: 'GT', from: null, until: null, asOf: null }])
  })

  it('says when the cases came from their source for the last time, and not when other records did', async () => {
    const mapping = async (kind: string, at: string) => {
      const [made] = await database.db.query<{ id: number }>(
        `insert into istmo.sync_mapping (name, sha256, last_at) values ($1, '', $2) returning id`,
        [kind, at],
      )
      await database.db.query('insert into istmo.synced_record (kind, id, mapping) values ($1, $2, $3)', [
        ...[kind, `GT:${kind}`, made?.id],
      ])
    }
    await mapping('cases', '2024-01-02T03:04:05.678Z')
    await mapping('persons', '2025-01-01T00:00:00Z')
    expect(await ask()).toEqual([expect.objectContaining({ asOf: '2024-01-02T03:04:05.678Z' })])
  })
})

describe('counts of cases', () => {
  it('are those of the code that was asked for, at any level, by year or month', async () => {
    const run = createTestExecutor(casesModule, database.db, 'GT', { countThreshold: 1 })
    const args: fc.Arbitrary<CaseCountArguments> = fc
      .record(
        {
          iccs: fc.option(fc.constantFrom('01', '0101', '01011', '010111', '02', '0204', '05')),
          level: fc.option(fc.constantFrom(1, 2, 3, 4)),
          by: fc.constantFrom('YEAR', 'MONTH', null),
          fromYear: fc.option(fc.constantFrom(2023, 2024)),
          toYear: fc.option(fc.constantFrom(2023, 2024)),
        },
        { requiredKeys: [] },
      )
      // A first year after the last one is an error (contract/input-rules.ts).
      .filter(({ fromYear, toYear }) => (fromYear ?? 0) <= (toYear ?? Number.POSITIVE_INFINITY))
    await fc.assert(
      fc.asyncProperty(world, args, async (cases, asked) => {
        await fillCases(database.db, cases)
        const { data, errors } = await run(QUERY, { ...asked })
        expect(errors).toBeUndefined()
        const counts = countsOf(cases, asked).map((count) => ({ country: 'GT', ...count }))
        expect(data).toEqual({ caseCounts: { counts, withheldBy: [], outcomes: [] } })
      }),
      { numRuns: randomCases(120) },
    )
  })

  it('of a narrow code are not those of the section above it', async () => {
    const some = (iccs: string, count: number): TestCase[] =>
      Array.from({ length: count }, (_, i) => ({ id: `GT:${iccs}-${i}`, filedOn: '2024-05-01', offences: [{ iccs }] }))
    await fillCases(database.db, [...some('0101', 30), ...some('0102', 6)])
    const run = createTestExecutor(casesModule, database.db, 'GT', { countThreshold: 5 })
    const ask = async (args: CaseCountArguments): Promise<unknown> => (await run(QUERY, { ...args })).data
    const count = (iccs: string, cases: number) => ({ country: 'GT', iccs, year: 2024, month: null, cases })
    expect(await ask({ iccs: '0101' })).toMatchObject({ caseCounts: { counts: [count('0101', 30)] } })
    expect(await ask({ iccs: '01' })).toMatchObject({ caseCounts: { counts: [count('01', 36)] } })
    expect(await ask({ iccs: '01', level: 2 })).toMatchObject({
      caseCounts: { counts: [count('0101', 30), count('0102', 6)] },
    })
  })

  it('of years before or after the country’s data are not there, and the outcome says so', async () => {
    await fillCases(database.db, [
      { id: 'GT:1', filedOn: '2020-05-01', offences: [{ iccs: '0101' }] },
      { id: 'GT:2', filedOn: '2023-05-01', offences: [{ iccs: '02' }] },
      { id: 'GT:3', filedOn: '2026-05-01', offences: [{ iccs: 'P-12' }] },
    ])
    const run = createTestExecutor(casesModule, database.db, 'GT', { countThreshold: 1 })
    const notesOf = async (args: CaseCountArguments): Promise<unknown> =>
      (await run(QUERY, { ...args })).extensions?.istmo.notes
    const partial = [{ code: 'COVERAGE_PARTIAL' }]
    for (const args of [{}, { fromYear: 2020 }, { toYear: 2023 }, { fromYear: 2021, toYear: 2022, iccs: '03' }])
      expect(await notesOf(args), JSON.stringify(args)).toBeUndefined()
    for (const args of [{ fromYear: 2019 }, { toYear: 2024 }, { fromYear: 2026, toYear: 2026 }, { toYear: 2019 }])
      expect(await notesOf({ ...args, by: 'MONTH' }), JSON.stringify(args)).toEqual(partial)
    await fillCases(database.db, [])
    expect(await notesOf({})).toBeUndefined()
    expect(await notesOf({ fromYear: 2020 })).toEqual(partial)
  })

  it('under many aliases are those of each question by itself, and the leg reads the cases once', async () => {
    const cases = ['0101', '0101', '0102', '02', '020411'].map((iccs, i): TestCase => {
      return { id: `GT:${i}`, filedOn: `202${i}-05-01`, offences: [{ iccs }] }
    })
    await fillCases(database.db, cases)
    const asked = Array.from({ length: 20 }, (_, i) => {
      return `level: ${1 + (i % 4)}, by: ${i % 3 ? 'MONTH' : 'YEAR'}, fromYear: ${2018 + (i % 7)}`
    })
    const field = (args: string) =>
      `caseCounts(countries: ["GT"], ${args}) { counts { iccs year month cases } withheldBy }`
    const { db, statements } = recordStatements(database.db)
    const together = await createTestExecutor(casesModule, db, 'GT', { countThreshold: 2 })(
      `{ ${asked.map((args, i) => `a${i}: ${field(args)}`).join(' ')} }`,
    )
    expect(statements.filter((text) => text.includes('cases.offence'))).toHaveLength(1)
    const run = createTestExecutor(casesModule, database.db, 'GT', { countThreshold: 2 })
    for (const [i, args] of asked.entries()) {
      const alone = (await run(`{ ${field(args)} }`)).data as { readonly caseCounts: unknown }
      expect((together.data as Record<string, unknown>)[`a${i}`]).toEqual(alone.caseCounts)
    }
  })

  it.each<[string, CaseCountArguments]>([
    ['iccs:) takes a code of 2, 4, 5 or 6 digits; came one of 3', { iccs: '020' }],
    ['level:) takes 1, 2, 3 or 4; came 0', { level: 0 }],
    ['level:) takes 1, 2, 3 or 4; came 5', { level: 5 }],
  ])('are rejected with a message: %s', async (message, args) => {
    const { errors } = await createTestExecutor(casesModule, database.db, 'GT')(QUERY, { ...args })
    expect(errors?.[0]?.message).toContain(message)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  it('leave out charges whose code no classification can have', async () => {
    const offences = ['homicidio', '1', '0201111', '', 'P-12'].map((iccs) => ({ iccs }))
    await fillCases(database.db, [
      { id: 'GT:1', filedOn: '2024-05-01', offences: [...offences, { iccs: '03' }] },
      { id: 'GT:2', filedOn: '2024-05-01', offences },
    ])
    const { data } = await createTestExecutor(casesModule, database.db, 'GT')(QUERY, { level: 4 })
    expect(data).toMatchObject({ caseCounts: { counts: [{ iccs: '03', cases: 1 }], withheldBy: [] } })
  })

  it('of 20,000 cases come before the test’s deadline although nobody analysed the tables', async () => {
    const fresh = await openTestDatabase([casesModule], 'GT')
    try {
      await fresh.db.execute(`
        insert into cases.case_file (id, filed_on, agency, handling, recorded_at, synthetic, shared_with)
          select 'GT:' || n, case when n % 5 > 0 then date '2015-01-01' + n * 7919 % 4000 end, 'MP', '{H1}', now(), true, '{test}'
          from generate_series(1, 20000) n;
        insert into cases.offence (case_id, ordinal, iccs, national_label, committed_from)
          select 'GT:' || n, k, (array['0101', '020411', '0205', '0501', '060121'])[1 + (n * 31 + k * 17) % 5], 'x', date '2015-01-01' + n * 13 % 4000
          from generate_series(1, 20000) n, generate_series(1, 2) k`)
      // It takes a second or two. With the plan that it once had, it did not end for minutes.
      const { data } = await createTestExecutor(casesModule, fresh.db, 'GT', { countThreshold: 5 })(QUERY, {
        iccs: '0101',
        level: 4,
        by: 'MONTH',
      })
      expect((data as { caseCounts: CaseCounts }).caseCounts.counts.length).toBeGreaterThan(50)
    } finally {
      await fresh.close()
    }
  })
})

const ROW = { year: 2024, month: 5 }

function shown(
  rows: readonly (readonly [month: number, code: string, cases: number])[],
  args: CaseCountArguments = {},
) {
  const tally = rows.map(([month, code, cases]): TallyRow => ({ ...ROW, month, codes: [code], cases }))
  const { counts, withheld } = selectCounts(tally, 5, args)
  return { counts: counts.map(({ iccs, month, cases }) => [iccs, ...(month === null ? [] : [month]), cases]), withheld }
}

describe('what a country withholds', () => {
  it('is a small count and the next smallest, so that the total of the year does not tell the small one', () => {
    const rows = [
      ['01', 2],
      ['02', 9],
      ['03', 7],
      ['04', 8],
    ] as const
    expect(shown(rows.map(([code, cases]) => [5, code, cases]))).toEqual({
      counts: [
        ['02', 9],
        ['04', 8],
      ],
      withheld: true,
    })
  })

  it('is named only by a question that would have shown it', () => {
    const rows = [
      [5, '0101', 2],
      [5, '0102', 20],
      [5, '0103', 6],
      [5, '0201', 30],
    ] as const
    expect(shown(rows, { level: 2 })).toEqual({
      counts: [
        ['0102', 20],
        ['0201', 30],
      ],
      withheld: true,
    })
    expect(shown(rows, { level: 1 })).toEqual({
      counts: [
        ['01', 28],
        ['02', 30],
      ],
      withheld: false,
    })
    expect(shown(rows, { iccs: '02', level: 2 })).toEqual({ counts: [['0201', 30]], withheld: false })
    expect(shown(rows, { iccs: '0101' })).toEqual({ counts: [], withheld: true })
    expect(shown(rows, { iccs: '0202' })).toEqual({ counts: [], withheld: false })
  })

  it('is at least two months of a year that is shown, and together they are not below the threshold', () => {
    const rows = [
      [1, '0101', 1],
      [2, '0101', 2],
      [3, '0101', 30],
      [4, '0101', 9],
    ] as const
    expect(shown(rows, { level: 2, by: 'MONTH' })).toEqual({ counts: [['0101', 3, 30]], withheld: true })
    expect(shown(rows, { level: 2 })).toEqual({ counts: [['0101', 42]], withheld: false })
  })

  it('is withheld above too, if it is all that there is above', () => {
    const rows = [
      [1, '020411', 3],
      [1, '0301', 9],
      [1, '0401', 8],
    ] as const
    for (const level of [1, 2, 3, 4]) {
      expect(shown(rows, { iccs: '02', level })).toEqual({ counts: [], withheld: true })
    }
    expect(shown(rows, { level: 1 })).toEqual({ counts: [['03', 9]], withheld: true })
  })

  it('is two sections or more, because somebody may know the total of the year from elsewhere', () => {
    // Each class below 0301 has one case, so the sum would tell each of them: the section is withheld too.
    const single = ['03011', '03012', '03013', '03014', '03015'].map((code) => [1, code, 1] as const)
    expect(shown([...single, [1, '0101', 9], [1, '0201', 20]])).toEqual({ counts: [['02', 20]], withheld: true })
  })

  it('is nothing where each count is large', () => {
    const rows = [
      [1, '0101', 5],
      [2, '0101', 6],
      [1, '0102', 7],
      [1, '02', 9],
    ] as const
    expect(shown(rows, { level: 4, by: 'MONTH' }).withheld).toBe(false)
  })
})
