/** What the gateway collects while it reads a country's part of an answer: the faults, each with its place, and the dropped rows. */
import type { ErrorCode } from '../../contract/errors.ts'
import { MAX_ERRORS } from '../../contract/max-errors.ts'

/** How many faults of one part the gateway notes at most: one more than an answer reports, so that it can say that there are more. */
export const MAX_ISSUES = MAX_ERRORS + 1

/** A fault while its part is read. */
export interface Finding {
  readonly code: ErrorCode
  readonly coordinate: string
  /** How many rows were dropped from the list at its path; null for a fault that drops no row. */
  readonly count: number | null
  /** The steps of its path that are known so far. The innermost step is the first. */
  readonly steps: (string | number)[]
}

/** What was found so far in a part. */
export interface Findings {
  readonly findings: Finding[]
  /** Whether the part has more faults than {@link MAX_ISSUES}. */
  isCut: boolean
  rowsDropped: number
  /** The coordinate of the last fault. It says why a null propagates. */
  lastFault: string
}

/** Notes a fault at the value that is being read. Its steps follow when the values around it are complete. */
export function noteFinding(code: ErrorCode, coordinate: string, count: number | null, found: Findings): void {
  found.lastFault = coordinate
  if (found.findings.length < MAX_ISSUES) found.findings.push({ code, coordinate, count, steps: [] })
  else found.isCut = true
}

/** Adds a step to the paths of the faults that were found since `start`. */
export function addStep(step: string | number, start: number, { findings }: Findings): void {
  for (const { steps } of findings.slice(start)) steps.push(step)
}

/** Counts a row that is dropped because it has no valid value at `coordinate`. */
export function countCause(coordinate: string, causes: Map<string, number>): void {
  causes.set(coordinate, (causes.get(coordinate) ?? 0) + 1)
}

/** Notes the rows that were dropped from a list: one fault for each required field that they lack, with their number. */
export function noteDroppedRows(causes: ReadonlyMap<string, number>, found: Findings): void {
  for (const [coordinate, count] of causes) {
    found.rowsDropped += count
    noteFinding('ROWS_DROPPED', coordinate, count, found)
  }
}

/** The gateway rejects the complete answer of a leg: it breaks the contract, or it has a record of another country. */
export class AnswerRejected extends Error {
  override readonly name = 'AnswerRejected'
  readonly code: 'BAD_ANSWER' | 'FOREIGN_RECORD'
  constructor(code: 'BAD_ANSWER' | 'FOREIGN_RECORD', reason: string) {
    super(reason)
    this.code = code
  }
}

/** Returns an own property of a value that may not be an object. */
export function ownPropertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? ownProperty(value as Record<string, unknown>, key) : undefined
}

/** Returns an own property of an object from JSON. The members of `Object.prototype` are not data. */
export function ownProperty(object: Readonly<Record<string, unknown>>, key: string): unknown {
  const value = object[key]
  // JSON has no functions, and all other members of `Object.prototype` are functions. A look at a value takes less time than one at whose it is.
  if (typeof value !== 'function' && key !== '__proto__') return value
  return Object.hasOwn(object, key) ? value : undefined
}
