/** How large a request may be. The gateway checks this before it validates or plans anything. */
import { detail } from '../../contract/error-details.ts'
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

/** What an error says about each limit. */
const EXCEEDED = {
  tokens: 'TOKENS',
  depth: 'DEPTH',
  fields: 'FIELDS',
  rootFields: 'ROOT_FIELDS',
  aliases: 'ALIASES',
  directives: 'DIRECTIVES',
  overlaps: 'OVERLAPS',
  operations: 'OPERATIONS',
  variables: 'VARIABLE_VALUES',
  variableCharacters: 'VARIABLE_CHARACTERS',
  variableDepth: 'VARIABLE_DEPTH',
} as const satisfies Readonly<Record<keyof Limits, string>>

/**
 * Checks a count against its limit.
 * @param found how many there are. If the count stopped early, the first number above the limit.
 * @throws {IstmoError} `LIMIT_EXCEEDED` if `found` is more than `limits[name]`. The message has the limit, what it allows and what came.
 */
export function checkLimit(limits: Limits, name: keyof Limits, found: number): void {
  const allowed = limits[name]
  if (found <= allowed) return
  // A larger number is not exact.
  const came = Number.isSafeInteger(found) ? found : `> ${Number.MAX_SAFE_INTEGER}`
  throw new IstmoError('LIMIT_EXCEEDED', detail(EXCEEDED[name], { most: allowed, came }))
}
