/** What Apollo Server says of the form of a request, in our words, because it speaks only English. */
import { type Detail, detail } from '../../contract/error-details.ts'

/** What we say for a message. `name` is what its pattern captures: a parameter, a member or a kind of operation, which Apollo Server names. */
type Worded = readonly [message: RegExp, word: (name: string) => Detail]

const WORDED: readonly Worded[] = [
  [/^The '(\w+)' search parameter may only be specified once\.$/, (name) => detail('SEARCH_ONCE', { name })],
  [
    /^The (\w+) search parameter (?:contains invalid JSON|should contain a JSON-encoded object)\.$/,
    (name) => detail('SEARCH_OBJECT', { name }),
  ],
  [/^POST body missing, invalid Content-Type, or JSON object has no keys\.$/, () => detail('BODY_OBJECT')],
  [/^Operation batching disabled\.$/, () => detail('BODY_BATCH')],
  [/^GraphQL queries must be strings\./, () => detail('QUERY_TEXT')],
  [/^GraphQL operations must contain a non-empty `query`/, () => detail('QUERY_MISSING')],
  [
    /^`(\w+)` in a POST body (?:should be provided as an object|must be an object)/,
    (name) => detail('MEMBER_OBJECT', { name }),
  ],
  [/^`(\w+)` in a POST body must be a string/, (name) => detail('MEMBER_TEXT', { name })],
  [/^GET requests may not have a content-type header other than application\/json\.$/, () => detail('GET_TYPE')],
  [/^GET requests only support query operations, not (\w+) /, (kind) => detail('GET_OPERATION', { kind })],
  [/^An 'accept' header was provided for this request which does not accept /, () => detail('ACCEPT')],
  [/^This operation has been blocked as a potential Cross-Site Request Forgery /, () => detail('UNASKED')],
]

/** Returns what we say for a message of Apollo Server; null if we do not know it. */
export function wordApollo(message: string): Detail | null {
  for (const [pattern, word] of WORDED) {
    const found = pattern.exec(message)
    if (found !== null) return word(found[1] ?? '')
  }
  return null
}
