/** How large a request may be. The gateway checks this before it validates or plans anything. */
import { IstmoError } from '../../contract/errors.ts'

/** The limits of one request. Each is a count: the largest that the gateway accepts. */
export interface Limits {
  /** Tokens of the document. At most 10,000, because the parser reads no more. */
  readonly tokens: number
  /** How deep selection sets, lists and objects are nested, with fragments followed. */
  readonly depth: number
  /** Fields of one operation or one fragment. Each use of a fragment counts again. */
  readonly fields: number
  /** Fields at the root of one operation, with fragments followed. */
  readonly rootFields: number
  /** Fields with an alias, counted as `fields`. */
  readonly aliases: number
  /** Directives on an operation or a fragment and inside it, counted as `fields`. */
  readonly directives: number
  /** Pairs of fields with one response name, and pairs of fragments, in one place. Validation compares each pair. */
  readonly overlaps: number
  /** Operations of a document. */
  readonly operations: number
  /** Values in `variables`: each list, object and leaf. */
  readonly variables: number
  /** Characters of the names and texts in `variables`. */
  readonly variableCharacters: number
  /** How deep lists and objects are nested in `variables`. */
  readonly variableDepth: number
}

/** What each limit counts, in the words of an error message. */
export const COUNTED: Readonly<Record<keyof Limits, string>> = {
  tokens: 'tokens',
  depth: 'levels of nesting',
  fields: 'fields after fragments are expanded',
  rootFields: 'fields at the root',
  aliases: 'aliases',
  directives: 'directives',
  overlaps: 'pairs of fields or fragments in one place',
  operations: 'operations',
  variables: 'values in the variables',
  variableCharacters: 'characters in the variables',
  variableDepth: 'levels of nesting in the variables',
}

/**
 * Checks a count against its limit.
 * @param found how many there are. If the count stopped early, the first number above the limit.
 * @throws {IstmoError} `LIMIT_EXCEEDED` if `found` is more than `limits[name]`. The message has the limit, what it allows and what came.
 */
export function checkLimit(limits: Limits, name: keyof Limits, found: number): void {
  const allowed = limits[name]
  if (found <= allowed) return
  const came = Number.isSafeInteger(found) ? String(found) : 'more than can be counted'
  throw new IstmoError('LIMIT_EXCEEDED', `expected at most ${allowed} ${COUNTED[name]}; came ${came}`)
}
