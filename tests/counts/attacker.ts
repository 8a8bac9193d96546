import { iccsLevel, iccsParent } from '../../contract/iccs.ts'
import type { CaseCountArguments, CaseCounts } from '../../subgraphs/cases/case-counts.ts'
import { type Condition, createLinearBounds, type Extreme, type Terms } from './linear-bounds.ts'

/**
 * An attacker who asks everything about one year and computes what the answers leave open. The attacker knows the codes and the months
 * that a case can have, and which questions had something withheld.
 */

/** What the attacker knows before the first question. */
export interface Knowledge {
  readonly year: number
  /** The codes that charges can have. */
  readonly codes: readonly string[]
  /** The months that cases can have, 1 to 12. */
  readonly months: readonly number[]
  /** Whether the attacker knows that each case has one code only. Then the codes below a code add up to it. */
  readonly isOneCodeEach: boolean
  /** The code under which the attacker asks; null for all codes of the country. */
  readonly under: string | null
}

/** A line of the table: all cases of a code, or those that have a coarser code itself, in one month or (null) in the year. */
export interface Cell {
  readonly code: string
  readonly isOwn: boolean
  readonly month: number | null
}

/** Asks the country. */
export type Ask = (args: CaseCountArguments) => Promise<CaseCounts> | CaseCounts

/** What the answers tell. */
export interface Findings {
  /** The count of a cell that an answer shows; undefined if none does. */
  shown(cell: Cell): number | undefined
  /** The bounds of a cell, computed from all answers. A null has no limit. */
  bounds(cell: Cell): { readonly least: Extreme | null; readonly greatest: Extreme | null }
}

const LEVELS = [1, 2, 3, 4]
const PERIODS = ['YEAR', 'MONTH'] as const

/** Asks each question about the year, and makes a system of linear conditions of the answers. */
export async function attack(knowledge: Knowledge, ask: Ask): Promise<Findings> {
  const { year } = knowledge
  const world = createUnknowns(knowledge)
  const conditions: Condition[] = [...world.laws]
  const shown = new Map<string, number>()
  const questions = world.allCodes.filter((code) => code.startsWith(knowledge.under ?? ''))
  for (const iccs of knowledge.under === null ? [null, ...questions] : questions) {
    for (const level of LEVELS) {
      for (const by of PERIODS) {
        const { counts, withheld } = await ask({ iccs, level, by, fromYear: year, toYear: year })
        const asked = Math.max(level, iccsLevel(iccs ?? '') ?? 1)
        const missing = new Map<number, number>()
        for (const cell of cellsOf(world.allCodes, asked, iccs ?? '', by === 'YEAR' ? [null] : knowledge.months)) {
          const count = counts.find((one) => one.iccs === cell.code && one.month === cell.month)
          if (count) {
            shown.set(keyOf(cell), count.cases)
            conditions.push({ terms: world.termsOf(cell), is: 'EQUAL', value: count.cases })
          } else
            for (const [index, factor] of world.termsOf(cell)) missing.set(index, (missing.get(index) ?? 0) + factor)
        }
        if (missing.size === 0) continue
        // Nothing withheld: what is missing is zero. Something withheld: at least one of the missing cells has a case.
        conditions.push(
          withheld ? { terms: missing, is: 'AT_LEAST', value: 1 } : { terms: missing, is: 'EQUAL', value: 0 },
        )
      }
    }
  }
  const solver = createLinearBounds(world.size, conditions)
  return {
    shown: (cell) => shown.get(keyOf(cell)),
    bounds(cell) {
      const terms = world.termsOf(cell)
      return { least: solver.least(terms), greatest: solver.greatest(terms) }
    },
  }
}

/** Lists all cells that there can be: for each code all its cases and, unless it is of the finest level, its own. */
export function allCells({ codes, months }: Pick<Knowledge, 'codes' | 'months'>): Cell[] {
  return linesOf(withParents(codes)).flatMap((line) => [null, ...months].map((month) => ({ ...line, month })))
}

interface Unknowns {
  readonly size: number
  readonly allCodes: readonly string[]
  /** What holds for each country, whatever it answers. */
  readonly laws: readonly Condition[]
  readonly termsOf: (cell: Cell) => Terms
}

function createUnknowns({ codes, months, isOneCodeEach }: Knowledge): Unknowns {
  const allCodes = withParents(codes)
  const lines = linesOf(allCodes)
  const leaves = lines.filter(({ code, isOwn }) => isOwn || iccsLevel(code) === 4)
  // With one code each, only the finest lines are unknown. Otherwise each line is, because a case may count under two of them.
  const unknown = (isOneCodeEach ? leaves : lines).flatMap((line) => months.map((month) => ({ ...line, month })))
  const indices = new Map(unknown.map((cell, i) => [keyOf(cell), i]))
  const monthTerms = (cell: Cell): number[] => {
    const below = isOneCodeEach ? leaves.filter((leaf) => isUnder(leaf, cell)) : [cell]
    return below.map((leaf) => indices.get(keyOf({ ...leaf, month: cell.month })) ?? -1)
  }
  const termsOf = (cell: Cell): Terms => {
    const each = cell.month === null ? months.map((month) => ({ ...cell, month })) : [cell]
    return new Map(each.flatMap(monthTerms).map((index) => [index, 1]))
  }
  return { size: unknown.length, allCodes, termsOf, laws: isOneCodeEach ? [] : lawsOfUnions(lines, months, termsOf) }
}

type Line = Pick<Cell, 'code' | 'isOwn'>

/** A case counts under a code if it counts under one of the lines below: no line below has more, and together they have as many or more. */
function lawsOfUnions(
  lines: readonly Line[],
  months: readonly number[],
  termsOf: (cell: Cell) => Terms,
): readonly Condition[] {
  return lines
    .filter(({ code, isOwn }) => !isOwn && iccsLevel(code) !== 4)
    .flatMap((parent) => {
      const below = lines.filter((line) => (line.isOwn ? line.code : iccsParent(line.code)) === parent.code)
      return months.flatMap((month): Condition[] => {
        const whole = termsOf({ ...parent, month })
        const parts = below.map((line) => termsOf({ ...line, month }))
        const sum = new Map(parts.flatMap((part) => [...part]))
        return [
          ...parts.map((part): Condition => ({ terms: difference(whole, part), is: 'AT_LEAST', value: 0 })),
          { terms: difference(sum, whole), is: 'AT_LEAST', value: 0 },
        ]
      })
    })
}

function difference(a: Terms, b: Terms): Terms {
  const terms = new Map(a)
  for (const [index, factor] of b) terms.set(index, (terms.get(index) ?? 0) - factor)
  return terms
}

function cellsOf(codes: readonly string[], level: number, under: string, months: readonly (number | null)[]): Cell[] {
  return linesOf(codes)
    .filter(({ code, isOwn }) => code.startsWith(under) && (isOwn ? levelOf(code) < level : levelOf(code) === level))
    .flatMap((line) => months.map((month) => ({ ...line, month })))
}

function linesOf(codes: readonly string[]): Line[] {
  return codes.flatMap((code) => [{ code, isOwn: false }, ...(levelOf(code) < 4 ? [{ code, isOwn: true }] : [])])
}

function isUnder(leaf: Line, line: Line): boolean {
  return line.isOwn ? leaf.isOwn && leaf.code === line.code : leaf.code.startsWith(line.code)
}

function withParents(codes: readonly string[]): string[] {
  const all = new Set<string>()
  for (const code of codes) for (let next: string | null = code; next !== null; next = iccsParent(next)) all.add(next)
  return [...all].sort()
}

function levelOf(code: string): number {
  return iccsLevel(code) ?? 0
}

function keyOf({ code, isOwn, month }: Cell): string {
  return `${code}${isOwn ? '.' : ''}/${month ?? 'year'}`
}
