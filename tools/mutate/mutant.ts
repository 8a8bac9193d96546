import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A mutant as Stryker reports it: https://github.com/stryker-mutator/mutation-testing-elements, the report schema. */
export interface TestedMutant {
  /** Path from the root. */
  readonly fileName: string
  /** The operator, such as `ConditionalExpression`. */
  readonly mutatorName: string
  readonly replacement: string
  /** Lines and columns are 1-based here. */
  readonly location: { readonly start: Position; readonly end: Position }
  /** `Killed`, `Timeout`, `Survived`, `NoCoverage` (no test runs the code), `RuntimeError`, `CompileError` (not in the sample). */
  readonly status: string
}

interface Position {
  readonly line: number
  readonly column: number
}

/** Checks whether no test noticed the mutant. */
export function isSurvivor({ status }: Pick<TestedMutant, 'status'>): boolean {
  return status === 'Survived' || status === 'NoCoverage'
}

/** Checks whether a test noticed the mutant. A mutant that never ends counts as noticed. */
export function isKilled({ status }: Pick<TestedMutant, 'status'>): boolean {
  return status === 'Killed' || status === 'Timeout'
}

/**
 * Describes a mutant by its line before and after the change, as `before → after`. If several lines change, it shows the first line
 * and `…`.
 *
 * @param text The file before the change.
 */
export function describeMutant(text: string, { location: { start, end }, replacement }: MutantChange): string {
  const lines = text.split('\n')
  const first = lines[start.line - 1] ?? ''
  const last = lines[end.line - 1] ?? ''
  const before = start.line === end.line ? first : `${first} …`
  const after = first.slice(0, start.column - 1) + replacement + last.slice(end.column - 1)
  return `${collapse(before)} → ${collapse(after)}`
}

type MutantChange = Pick<TestedMutant, 'location' | 'replacement'>

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** Describes a mutant of a file of the checkout. @throws {Error} if the file cannot be read. */
export function describeInCheckout(root: string, mutant: TestedMutant): string {
  return describeMutant(readFileSync(join(root, mutant.fileName), 'utf8'), mutant)
}
