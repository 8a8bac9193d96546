import { isDeepStrictEqual } from 'node:util'
import { ICCS_LEVELS, iccsLevel } from '../../../contract/iccs.ts'
import { type Both, both, same } from '../both.ts'
import { CONNECTIONS } from '../catalog.ts'
import { type Check, createTally, type World } from '../check.ts'
import { asObject, type Caller, codesOf, dataOf, describeReply, isRefused, type Reply } from '../leg.ts'
import { asArray, type Node, publishes } from '../read.ts'
import { readRows } from '../sample.ts'

/** `caseCounts`: what a country counts is compared with the cases that its list shows to the same caller. */

/** What is asked. Years are inclusive. */
interface Counted {
  readonly iccs?: string
  readonly level?: number
  readonly by?: 'YEAR' | 'MONTH'
  readonly fromYear?: number
  readonly toYear?: number
}

/** One count. */
interface Cell {
  readonly iccs: string
  readonly year: number
  /** 1 to 12; null for a year. */
  readonly month: number | null
  readonly cases: number
}

/** What is compared: a place for the report, what is asked, and as whom. */
interface Asking {
  readonly args: Counted
  readonly as: Caller
}

const QUERY = `query ($countries: [CountryCode!], $iccs: IccsCode, $level: Int, $by: CountPeriod, $fromYear: Int, $toYear: Int) {
  caseCounts(countries: $countries, iccs: $iccs, level: $level, by: $by, fromYear: $fromYear, toYear: $toYear) {
    counts { country iccs year month cases } withheldBy } }`

const NO_COUNTS = both(
  'counts, and a list that shows each case within --rows: a case with a code and a day',
  'conteos, y una lista que muestre todos los casos dentro de --rows: un caso con código y día',
)

const askCounts = (world: World, { args, as }: Asking): Promise<Reply> =>
  world.ask({ domain: 'cases', query: QUERY, variables: { countries: [world.facts.country], ...args }, as })

/** The counts in an answer; null if it has none. */
function countsIn(reply: Reply): { readonly cells: readonly Cell[]; readonly isWithheld: boolean } | null {
  const { counts, withheldBy } = asObject(dataOf(reply)?.caseCounts)
  if (!Array.isArray(counts)) return null
  const cells = counts.map(asObject).map(({ iccs, year, month, cases }) => ({
    iccs: String(iccs),
    year: Number(year),
    month: month === null ? null : Number(month),
    cases: Number(cases),
  }))
  return { cells, isWithheld: asArray(withheldBy).length > 0 }
}

const CASES = 'Query.cases'
const CASE_FIELDS = 'id filedOn offences { iccs committedFrom }'
/** How many cases are read. */
const MOST_CASES = 3_000

const readCases = new WeakMap<World, Map<Caller, Promise<readonly Node[] | null>>>()

/** The cases that a caller sees; null if they are too many, or do not say what is counted. Reads once. */
function casesOf(world: World, as: Caller): Promise<readonly Node[] | null> {
  const known = readCases.get(world) ?? new Map<Caller, Promise<readonly Node[] | null>>()
  readCases.set(world, known)
  const cases = known.get(as) ?? readAllCases(world, as)
  known.set(as, cases)
  return cases
}

async function readAllCases(world: World, as: Caller): Promise<readonly Node[] | null> {
  const connection = CONNECTIONS.find(({ coordinate }) => coordinate === CASES)
  const needed = [CASES, 'Query.caseCounts', 'Case.filedOn', 'Case.offences', 'Offence.committedFrom']
  if (connection === undefined || !needed.every((each) => publishes(world, each))) return null
  // A service that counts nothing says so by null.
  if (countsIn(await askCounts(world, { args: {}, as })) === null) return null
  const { edges, isComplete } = await readRows(world, connection, {
    order: 'FILED_ON_DESC',
    limit: MOST_CASES,
    node: CASE_FIELDS,
    as,
  })
  return isComplete ? edges.map(({ node }) => node) : null
}

/** A case with its period and codes; null if it does not count. */
function periodOf({ filedOn, offences }: Node): { readonly year: number; readonly month: number } | null {
  const days = asArray(offences).map((offence) => asObject(offence).committedFrom)
  const day = filedOn ?? days.filter((each) => typeof each === 'string').sort()[0]
  if (typeof day !== 'string' || asArray(offences).length === 0) return null
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)) }
}

/** The digits of a code of each level. */
const DIGITS = [2, 4, 5, 6]

/** The code under which a charge counts at a level: the code of that level above it, or its own if that is coarser. */
function codeAt(code: string, level: number): string {
  const own = iccsLevel(code) === null ? code.slice(0, 2) : code
  return own.slice(0, DIGITS[level - 1] ?? own.length)
}

/** Counts cases as the contract says, without leaving out any. */
function countAll(cases: readonly Node[], { iccs, level, by, fromYear, toYear }: Counted): readonly Cell[] {
  const asked = Math.max(level ?? 1, iccsLevel(iccs ?? '') ?? 1)
  const found = new Map<string, number>()
  for (const one of cases) {
    const period = periodOf(one)
    if (period === null || period.year < (fromYear ?? period.year) || period.year > (toYear ?? period.year)) continue
    const codes = asArray(one.offences).map((offence) => codeAt(String(asObject(offence).iccs), asked))
    for (const code of new Set(codes.filter((each) => each.startsWith(iccs ?? '')))) {
      const cell = JSON.stringify([code, period.year, by === 'MONTH' ? period.month : null])
      found.set(cell, (found.get(cell) ?? 0) + 1)
    }
  }
  return [...found].map(([cell, count]) => {
    const [code, year, month] = JSON.parse(cell) as [string, number, number | null]
    return { iccs: code, year, month, cases: count }
  })
}

const nameOf = ({ iccs, year, month }: Cell): string => [iccs, year, month ?? ''].join(' ').trim()

/** Finds the first cell that is wrong, or missing although nothing is withheld. Null: the counts are right. */
function findWrong(expected: readonly Cell[], reply: Reply): { readonly expected: Both; readonly came: Both } | null {
  const counts = countsIn(reply)
  if (counts === null) return { expected: both('counts', 'conteos'), came: same(describeReply(reply)) }
  const came = new Map(counts.cells.map((cell) => [nameOf(cell), cell.cases]))
  const wanted = new Map(expected.map((cell) => [nameOf(cell), cell.cases]))
  const wrong = [...came].find(([name, cases]) => wanted.get(name) !== cases)
  if (wrong !== undefined) {
    const [name, cases] = wrong
    return { expected: same(`${name}: ${wanted.get(name) ?? 0}`), came: same(`${name}: ${cases}`) }
  }
  const missing = [...wanted].find(([name]) => !came.has(name))
  if (missing === undefined || counts.isWithheld) return null
  const [name, cases] = missing
  return {
    expected: both(
      `${name}: ${cases}, or the country in \`withheldBy\``,
      `${name}: ${cases}, o el país en \`withheldBy\``,
    ),
    came: both('neither', 'ninguno de los dos'),
  }
}

function countCheck(name: string, askings: (world: World, cases: readonly Node[]) => readonly Asking[]): Check {
  return {
    id: `counts.${name}`,
    async run(world) {
      const tally = createTally()
      const ofReader = await casesOf(world, world.callers.reader)
      if (ofReader === null || ofReader.every((one) => periodOf(one) === null)) return tally.result(NO_COUNTS)
      for (const asking of askings(world, ofReader)) {
        const cases = await casesOf(world, asking.as)
        if (cases === null) continue
        const wrong = findWrong(countAll(cases, asking.args), await askCounts(world, asking))
        const place = `Query.caseCounts(${JSON.stringify(asking.args)})`
        tally.note(wrong === null, place, wrong?.expected ?? same(''), wrong?.came ?? same(''))
      }
      return tally.result(NO_COUNTS)
    },
  }
}

const yearsOf = (cases: readonly Node[]): readonly number[] =>
  cases.flatMap((one) => periodOf(one)?.year ?? []).toSorted((a, b) => a - b)

const codesIn = (cases: readonly Node[]): readonly string[] => [
  ...new Set(cases.flatMap(({ offences }) => asArray(offences).map((offence) => String(asObject(offence).iccs)))),
]

/** How many codes are tried. */
const CODES = 3

const values = countCheck('values', ({ callers }) =>
  ICCS_LEVELS.map((level) => ({ args: { level, by: 'YEAR' as const }, as: callers.reader })),
)

const months = countCheck('months', ({ callers }) => [{ args: { level: 1, by: 'MONTH' }, as: callers.reader }])

const ofCode = countCheck('iccs', ({ callers }, cases) =>
  codesIn(cases)
    .slice(0, CODES)
    .flatMap((code) => [code, code.slice(0, 2)])
    .filter((code) => iccsLevel(code) !== null)
    .map((iccs) => ({ args: { iccs }, as: callers.reader })),
)

const years = countCheck('years', ({ callers }, cases) => {
  const all = yearsOf(cases)
  const [first = 2000, last = 2000] = [all[0], all.at(-1)]
  const ranges = [{ fromYear: last }, { toYear: first }, { fromYear: last + 1 }, { fromYear: first, toYear: last }]
  return ranges.map((range) => ({ args: range, as: callers.reader }))
})

const taskForce = countCheck('task-force', ({ callers }) => [{ args: { level: 1 }, as: callers.other }])

const order: Check = {
  id: 'counts.order',
  async run(world) {
    const tally = createTally()
    const cases = await casesOf(world, world.callers.reader)
    if (cases === null) return tally.result(NO_COUNTS)
    const args = { level: 2, by: 'MONTH' as const }
    const names = (countsIn(await askCounts(world, { args, as: world.callers.reader }))?.cells ?? []).map(sortKeyOf)
    const sorted = [...new Set(names)].toSorted()
    if (names.length > 1)
      tally.note(
        isDeepStrictEqual(names, sorted),
        `Query.caseCounts(${JSON.stringify(args)})`,
        same(sorted.slice(0, CODES).join(', ')),
        same(names.slice(0, CODES).join(', ')),
      )
    return tally.result(NO_COUNTS)
  },
}

const sortKeyOf = ({ iccs, year, month }: Cell): string =>
  [iccs, String(year).padStart(4, '0'), String(month ?? 0).padStart(2, '0')].join(' ')

/** Whether the country counts. Who gives null for each question does not, and has nothing to refuse (docs/upstream.md). */
async function doesCount(world: World): Promise<boolean> {
  if (!publishes(world, 'Query.caseCounts')) return false
  return countsIn(await askCounts(world, { args: { level: 1 }, as: world.callers.reader })) !== null
}

const badLevel: Check = {
  id: 'counts.bad-level',
  async run(world) {
    const tally = createTally()
    if (!(await doesCount(world))) return tally.result(NO_COUNTS)
    for (const args of [{ level: 0 }, { level: 5 }, { iccs: '010' }]) {
      const reply = await askCounts(world, { args, as: world.callers.reader })
      const isGood = codesOf(reply).includes('BAD_USER_INPUT') && (isRefused(reply) || countsIn(reply) === null)
      tally.note(isGood, JSON.stringify(args), same('BAD_USER_INPUT'), same(describeReply(reply)))
    }
    return tally.result(NO_COUNTS)
  },
}

/** Years for which no country has a case. */
const BEYOND: readonly Counted[] = [{ toYear: 1900 }, { fromYear: 1900, toYear: 1900 }, { fromYear: 9999 }]

const beyond: Check = {
  id: 'counts.beyond',
  async run(world) {
    const tally = createTally()
    if (!(await doesCount(world))) return tally.result(NO_COUNTS)
    for (const args of BEYOND) {
      const reply = await askCounts(world, { args, as: world.callers.reader })
      const codes = asArray(asObject(asObject(asObject(reply.json).extensions).istmo).notes).map(
        (note) => asObject(note).code,
      )
      const cells = countsIn(reply)?.cells.length
      tally.note(
        codes.includes('COVERAGE_PARTIAL') && cells === 0,
        `Query.caseCounts(${JSON.stringify(args)})`,
        both('COVERAGE_PARTIAL, and no count', 'COVERAGE_PARTIAL, y ningún conteo'),
        same([describeReply(reply), ...codes, `counts: ${cells ?? 'null'}`].join(', ')),
      )
    }
    return tally.result(NO_COUNTS)
  },
}

/** The checks of counts. */
export const CASE_COUNT_CHECKS: readonly Check[] = [
  ...[values, months, ofCode, years, beyond, taskForce, order, badLevel],
].map((check) => ({ ...check, domain: 'cases' as const }))
