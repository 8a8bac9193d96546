/** How large a request may be, before anything of it is validated or planned. */
import { IstmoError } from '../../contract/errors.ts'

/** The limits of one request. All are counts; each is the largest that is let through. */
export interface Limits {
  /** Tokens of the document. At most 10,000: the parser reads no more. */
  readonly tokens: number
  /** Selection sets, lists and objects within one another, fragments followed. */
  readonly depth: number
  /** Fields of one operation, or of one fragment, every use of a fragment counted anew. */
  readonly fields: number
  /** Fields at the root of one operation, fragments followed. */
  readonly rootFields: number
  /** Fields with an alias, counted as `fields`. */
  readonly aliases: number
  /** Directives that an operation or fragment has written on it and in it, counted as `fields`. */
  readonly directives: number
  /** Pairs of fields of one response name, and pairs of fragments, in one place: validation compares them with one another. */
  readonly overlaps: number
  /** Operations of a document. */
  readonly operations: number
  /** Values in `variables`: every list, object and leaf. */
  readonly variables: number
  /** Characters of the names and texts in `variables`. */
  readonly variableCharacters: number
  /** Lists and objects in `variables` within one another. */
  readonly variableDepth: number
}

/** What each limit counts, as a refusal says it. */
export const COUNTED: Readonly<Record<keyof Limits, string>> = {
  tokens: 'tokens',
  depth: 'levels within one another',
  fields: 'fields after fragments are written out',
  rootFields: 'fields at the root',
  aliases: 'aliases',
  directives: 'directives',
  overlaps: 'pairs of fields or fragments in one place',
  operations: 'operations',
  variables: 'values in the variables',
  variableCharacters: 'characters in the variables',
  variableDepth: 'levels within one another in the variables',
}

/**
 * @param found how many there are; where counting stopped early, the first that was too many.
 * @throws {IstmoError} `LIMIT_EXCEEDED` with the limit, what it allows and what came, where `found` is more than `limits[name]`.
 */
export function checkLimit(limits: Limits, name: keyof Limits, found: number): void {
  const allowed = limits[name]
  if (found <= allowed) return
  const came = Number.isSafeInteger(found) ? String(found) : 'more than can be counted'
  throw new IstmoError('LIMIT_EXCEEDED', `expected at most ${allowed} ${COUNTED[name]}; came ${came}`)
}
