import { isDeepStrictEqual } from 'node:util'
import { ICCS_LEVELS, iccsLevel } from '../../../contract/iccs.ts'
import { connectionAt } from '../catalog.ts'
import {
  asArray,
  type Check,
  makeChecks,
  type Node,
  once,
  publishes,
  readRows,
  type Tried,
  type World,
} from '../check.ts'
import { asObject, type Caller, codesOf, dataOf, describeReply, isRefused, type Reply } from '../leg.ts'

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
type Cell = ReturnType<typeof toCell>

const QUERY = `query ($countries: [CountryCode!], $iccs: IccsCode, $level: Int, $by: CountPeriod, $fromYear: Int, $toYear: Int) {
  caseCounts(countries: $countries, iccs: $iccs, level: $level, by: $by, fromYear: $fromYear, toYear: $toYear) {
    counts { country iccs year month cases } withheldBy } }`

/** Asks for counts. `cells` is null if the answer has none: a service that counts nothing says so by null (docs/upstream.md). */
async function askCounts(world: World, args: Counted, as = world.callers.reader) {
  const variables = { countries: [world.facts.country], ...args }
  const reply = await world.ask({ domain: 'cases', query: QUERY, variables, as })
  const { counts, withheldBy } = asObject(dataOf(reply)?.caseCounts)
  const cells = Array.isArray(counts) ? counts.map(toCell) : null
  return { reply, cells, isWithheld: asArray(withheldBy).length > 0 }
}

function toCell(count: unknown) {
  const { iccs, year, month, cases } = asObject(count)
  return {
    iccs: String(iccs),
    year: Number(year),
    month: month === null ? null : Number(month),
    cases: Number(cases),
  }
}

/** How many cases are read. */
const MOST_CASES = 3_000

/** The cases that a caller sees; null if they are too many, or do not say what is counted. */
const casesOf = once((world: World) =>
  once(async (as: Caller): Promise<readonly Node[] | null> => {
    const needed = ['Query.cases', 'Query.caseCounts', 'Case.filedOn', 'Case.offences', 'Offence.committedFrom']
    if (!needed.every((each) => publishes(world, each))) return null
    if ((await askCounts(world, {}, as)).cells === null) return null
    const node = 'id filedOn offences { iccs committedFrom }'
    const options = { order: 'FILED_ON_DESC', limit: MOST_CASES, node, as }
    const { edges, isComplete } = await readRows(world, connectionAt('Query.cases'), options)
    return isComplete ? edges.map((edge) => edge.node) : null
  }),
)

/** The period of a case; null if it does not count. */
function periodOf({ filedOn, offences }: Node): { readonly year: number; readonly month: number } | null {
  const days = asArray(offences).map((offence) => asObject(offence).committedFrom)
  const day = filedOn ?? days.filter((each) => typeof each === 'string').sort()[0]
  if (typeof day !== 'string' || days.length === 0) return null
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)) }
}

const codesIn = ({ offences }: Node): readonly string[] =>
  asArray(offences).map((offence) => String(asObject(offence).iccs))

/** The digits of a code of each level. */
const DIGITS = [2, 4, 5, 6]

/** The code under which a charge counts at a level: the code of that level above it, or its own if that is coarser. */
function codeAt(code: string, level: number): string {
  const own = iccsLevel(code) === null ? code.slice(0, 2) : code
  return own.slice(0, DIGITS[level - 1] ?? own.length)
}

const nameOf = ({ iccs, year, month }: Omit<Cell, 'cases'>): string => [iccs, year, month ?? ''].join(' ').trim()

/** Counts cases as the contract says, without leaving out any. Returns the counts by the names of their cells. */
function countAll(cases: readonly Node[], { iccs = '', level = 1, by, fromYear = 0, toYear = 9999 }: Counted) {
  const asked = Math.max(level, iccsLevel(iccs) ?? 1)
  const found = new Map<string, number>()
  for (const one of cases) {
    const period = periodOf(one)
    if (period === null || period.year < fromYear || period.year > toYear) continue
    const month = by === 'MONTH' ? period.month : null
    for (const code of new Set(codesIn(one).map((each) => codeAt(each, asked)))) {
      const name = nameOf({ iccs: code, year: period.year, month })
      if (code.startsWith(iccs)) found.set(name, (found.get(name) ?? 0) + 1)
    }
  }
  return found
}

/** Compares counts with cases. A cell may be missing only if the country says that it withholds some. */
function judgeCounts(
  place: string,
  wanted: ReadonlyMap<string, number>,
  asked: Awaited<ReturnType<typeof askCounts>>,
): Tried {
  const { cells, reply, isWithheld } = asked
  if (cells === null) return { isGood: false, place, expected: 'counts', came: reply }
  const came = new Map(cells.map((cell) => [nameOf(cell), cell.cases]))
  for (const [name, cases] of came) {
    const expected = wanted.get(name) ?? 0
    if (cases !== expected) return { isGood: false, place, expected: `${name}: ${expected}`, came: `${name}: ${cases}` }
  }
  const missing = isWithheld ? undefined : [...wanted].find(([name]) => !came.has(name))
  return { isGood: missing === undefined, place, holes: { cell: missing?.join(': ') ?? '' } }
}

/** Makes a check that asks for counts and compares them with the cases of the same caller. */
function countCheck(
  listArgs: (cases: readonly Node[]) => readonly Counted[],
  callerOf: (world: World) => Caller = ({ callers }) => callers.reader,
): Check['run'] {
  return async function* (world) {
    const ofReader = await casesOf(world)(world.callers.reader)
    if (ofReader === null || ofReader.every((one) => periodOf(one) === null)) return
    const as = callerOf(world)
    const cases = await casesOf(world)(as)
    for (const args of cases === null ? [] : listArgs(ofReader)) {
      const place = `Query.caseCounts(${JSON.stringify(args)})`
      yield judgeCounts(place, countAll(cases ?? [], args), await askCounts(world, args, as))
    }
  }
}

/** How many codes are tried. */
const CODES = 3

const sortKeyOf = ({ iccs, year, month }: Cell): string =>
  [iccs, String(year).padStart(4, '0'), String(month ?? 0).padStart(2, '0')].join(' ')

/** Whether the country counts. Who gives null for each question does not, and has nothing to refuse (docs/upstream.md). */
const doesCount = async (world: World): Promise<boolean> =>
  publishes(world, 'Query.caseCounts') && (await askCounts(world, { level: 1 })).cells !== null

/** The codes of the notes in an answer. */
const notesOf = ({ json }: Reply): readonly unknown[] =>
  asArray(asObject(asObject(asObject(json).extensions).istmo).notes).map((note) => asObject(note).code)

/** The checks of counts. */
export const COUNT_CHECKS = makeChecks('counts', { domain: 'cases' })({
  values: countCheck(() => ICCS_LEVELS.map((level) => ({ level, by: 'YEAR' as const }))),

  months: countCheck(() => [{ level: 1, by: 'MONTH' }]),

  iccs: countCheck((cases) =>
    [...new Set(cases.flatMap(codesIn))]
      .slice(0, CODES)
      .flatMap((code) => [code, code.slice(0, 2)])
      .filter((code) => iccsLevel(code) !== null)
      .map((iccs) => ({ iccs })),
  ),

  years: countCheck((cases) => {
    const all = cases.flatMap((one) => periodOf(one)?.year ?? []).toSorted((a, b) => a - b)
    const [first = 2000, last = 2000] = [all[0], all.at(-1)]
    return [{ fromYear: last }, { toYear: first }, { fromYear: last + 1 }, { fromYear: first, toYear: last }]
  }),

  async *beyond(world) {
    if (!(await doesCount(world))) return
    // Years for which no country has a case.
    for (const args of [{ toYear: 1900 }, { fromYear: 1900, toYear: 1900 }, { fromYear: 9999 }]) {
      const { reply, cells } = await askCounts(world, args)
      const notes = notesOf(reply)
      yield {
        isGood: notes.includes('COVERAGE_PARTIAL') && cells?.length === 0,
        place: `Query.caseCounts(${JSON.stringify(args)})`,
        came: [describeReply(reply), ...notes, `counts: ${cells?.length ?? 'null'}`].join(', '),
      }
    }
  },

  'task-force': countCheck(
    () => [{ level: 1 }],
    ({ callers }) => callers.other,
  ),

  async *order(world) {
    if ((await casesOf(world)(world.callers.reader)) === null) return
    const args = { level: 2, by: 'MONTH' } as const
    const names = ((await askCounts(world, args)).cells ?? []).map(sortKeyOf)
    const sorted = [...new Set(names)].toSorted()
    const [expected, came] = [sorted, names].map((each) => each.slice(0, CODES).join(', '))
    const place = `Query.caseCounts(${JSON.stringify(args)})`
    if (names.length > 1) yield { isGood: isDeepStrictEqual(names, sorted), place, expected, came }
  },

  async *'bad-level'(world) {
    if (!(await doesCount(world))) return
    for (const args of [{ level: 0 }, { level: 5 }, { iccs: '010' }]) {
      const { reply, cells } = await askCounts(world, args)
      const isGood = codesOf(reply).includes('BAD_USER_INPUT') && (isRefused(reply) || cells === null)
      yield { isGood, place: JSON.stringify(args), expected: 'BAD_USER_INPUT', came: reply }
    }
  },
})
