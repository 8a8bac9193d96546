/**
 * Finds the least and the greatest value that a sum of unknowns can have under linear conditions, exactly. It is the simplex method
 * with fractions and Bland's rule, which always ends (Bland, 1977), so no rounding can hide a value that is determined.
 */

/** Coefficients by the index of the unknown. Unknowns are at least 0. */
export type Terms = ReadonlyMap<number, number>

/** A condition: the terms are equal to, or at least, a whole number. */
export interface Condition {
  readonly terms: Terms
  readonly is: 'EQUAL' | 'AT_LEAST'
  readonly value: number
}

/** An extreme of a sum, with values of the unknowns that give it. */
export interface Extreme {
  readonly value: number
  readonly isWhole: boolean
}

/** The solver of one system of conditions. */
export interface LinearBounds {
  /** Returns the greatest value of a sum; null if it has no limit. */
  greatest(terms: Terms): Extreme | null
  /** Returns the least value of a sum; null if it has no limit. */
  least(terms: Terms): Extreme | null
}

type Fraction = readonly [numerator: number, denominator: number]
type Row = Map<number, Fraction>

interface Tableau {
  /** Each row with the right side under the key -1. */
  readonly rows: Row[]
  /** The unknown that each row determines. */
  readonly basis: number[]
}

const RIGHT = -1
const ZERO: Fraction = [0, 1]

/**
 * Makes the solver of a system.
 * @param size the number of unknowns, with the indices 0 to size − 1.
 * @throws {Error} if no values meet all conditions.
 */
export function createLinearBounds(size: number, conditions: readonly Condition[]): LinearBounds {
  const tableau = findStart(size, conditions)
  const greatest = (terms: Terms): Extreme | null => maximise(tableau, terms)
  return {
    greatest,
    least(terms) {
      const extreme = greatest(new Map([...terms].map(([index, factor]) => [index, -factor])))
      return extreme && { ...extreme, value: 0 - extreme.value }
    },
  }
}

/** Finds values that meet all conditions: minimises the sum of one helping unknown for each condition (phase one). */
function findStart(size: number, conditions: readonly Condition[]): Tableau {
  const firstHelper = size + conditions.length
  const rows = conditions.map(({ terms, is, value }, i): Row => {
    const row: Row = new Map([...terms].map(([index, factor]): [number, Fraction] => [index, [factor, 1]]))
    if (is === 'AT_LEAST') row.set(size + i, [-1, 1])
    row.set(RIGHT, [value, 1])
    const positive = value < 0 ? scaled(row, [-1, 1]) : row
    positive.set(firstHelper + i, [1, 1])
    return positive
  })
  const tableau: Tableau = { rows, basis: conditions.map((_, i) => firstHelper + i) }
  const helpers = new Map(conditions.map((_, i) => [firstHelper + i, -1]))
  if (maximise(tableau, helpers)?.value !== 0) throw new Error('expected conditions that can be met together')
  dropHelpers(tableau, firstHelper)
  return tableau
}

function dropHelpers(tableau: Tableau, firstHelper: number): void {
  for (let i = tableau.rows.length - 1; i >= 0; i--) {
    if ((tableau.basis[i] ?? 0) < firstHelper) continue
    const row = tableau.rows[i] ?? new Map()
    const other = [...row.keys()].find((index) => index >= 0 && index < firstHelper)
    if (other !== undefined) pivot(tableau, i, other)
    else {
      tableau.rows.splice(i, 1)
      tableau.basis.splice(i, 1)
    }
  }
  for (const row of tableau.rows) for (const index of [...row.keys()]) if (index >= firstHelper) row.delete(index)
}

function maximise(tableau: Tableau, terms: Terms): Extreme | null {
  for (;;) {
    const objective = reduce(tableau, terms)
    const entering = [...objective.keys()]
      .filter((index) => index >= 0 && isPositive(objective.get(index)))
      .sort(ascending)[0]
    if (entering === undefined) return extremeOf(tableau, terms)
    const leaving = leavingRow(tableau, entering)
    if (leaving === undefined) return null
    pivot(tableau, leaving, entering)
  }
}

/** Writes the sum in the unknowns that no row determines. */
function reduce({ rows, basis }: Tableau, terms: Terms): Row {
  const objective: Row = new Map([...terms].map(([index, factor]): [number, Fraction] => [index, [factor, 1]]))
  for (const [i, row] of rows.entries()) {
    const factor = objective.get(basis[i] ?? RIGHT)
    if (factor) subtract(objective, row, factor)
  }
  return objective
}

function leavingRow({ rows, basis }: Tableau, entering: number): number | undefined {
  let best: { readonly i: number; readonly ratio: Fraction } | undefined
  for (const [i, row] of rows.entries()) {
    const factor = row.get(entering)
    if (!factor || !isPositive(factor)) continue
    const ratio = divide(row.get(RIGHT) ?? ZERO, factor)
    const difference = best ? compare(ratio, best.ratio) : -1
    if (difference < 0 || (best && difference === 0 && (basis[i] ?? 0) < (basis[best.i] ?? 0))) best = { i, ratio }
  }
  return best?.i
}

function pivot({ rows, basis }: Tableau, at: number, entering: number): void {
  const row = rows[at] ?? new Map<number, Fraction>()
  const pivoted = scaled(row, divide([1, 1], row.get(entering) ?? ZERO))
  rows[at] = pivoted
  basis[at] = entering
  for (const [i, other] of rows.entries()) {
    const factor = other.get(entering)
    if (i !== at && factor) subtract(other, pivoted, factor)
  }
}

function extremeOf({ rows, basis }: Tableau, terms: Terms): Extreme {
  const rights = rows.map((row) => row.get(RIGHT) ?? ZERO)
  const sum = rights.reduce((total, right, i) => {
    const factor = terms.get(basis[i] ?? RIGHT) ?? 0
    return factor === 0 ? total : minus(total, times(right, [-factor, 1]))
  }, ZERO)
  return { value: sum[0] / sum[1], isWhole: rights.every(([, denominator]) => denominator === 1) }
}

function subtract(from: Row, row: Row, factor: Fraction): void {
  for (const [index, value] of row) {
    const next = minus(from.get(index) ?? ZERO, times(factor, value))
    if (next[0] === 0) from.delete(index)
    else from.set(index, next)
  }
}

function scaled(row: Row, factor: Fraction): Row {
  return new Map([...row].map(([index, value]) => [index, times(value, factor)]))
}

function times(a: Fraction, b: Fraction): Fraction {
  return reduced(a[0] * b[0], a[1] * b[1])
}

function divide(a: Fraction, b: Fraction): Fraction {
  return reduced(a[0] * b[1], a[1] * b[0])
}

function minus(a: Fraction, b: Fraction): Fraction {
  return reduced(a[0] * b[1] - b[0] * a[1], a[1] * b[1])
}

function compare(a: Fraction, b: Fraction): number {
  return minus(a, b)[0]
}

function reduced(numerator: number, denominator: number): Fraction {
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || denominator === 0) {
    throw new RangeError('expected fractions of safe whole numbers')
  }
  let [a, b] = [Math.abs(numerator), Math.abs(denominator)]
  while (b !== 0) [a, b] = [b, a % b]
  const sign = denominator < 0 ? -1 : 1
  return [(sign * numerator) / (a || 1), (sign * denominator) / (a || 1)]
}

function isPositive(value: Fraction | undefined): boolean {
  return value !== undefined && value[0] > 0
}

function ascending(a: number, b: number): number {
  return a - b
}
