import { TokenRefusal } from './refusal.ts'

/** RFC 6749 section 3.3: scope-tokens separated by single spaces. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/

/**
 * Chooses the scopes of a token: those that were asked for, or all that are allowed. Scopes only shrink.
 * @param allowed lists of scopes; each of them must allow a scope.
 * @throws {TokenRefusal} `SCOPE_NOT_ALLOWED` if a scope was asked for that is not allowed.
 */
export function chooseScopes(asked: string | undefined, ...allowed: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = allowed
  const most = first.filter((scope) => others.every((list) => list.includes(scope)))
  if (asked === undefined) return [...new Set(most)]
  if (!SCOPE.test(asked)) throw refused('scopes separated by single spaces (RFC 6749)')
  const wanted = [...new Set(asked.split(' '))]
  if (wanted.some((scope) => !most.includes(scope))) {
    throw refused('only scopes that the mandate, the client and the subject token allow. Ask for fewer')
  }
  return wanted
}

function refused(expected: string): TokenRefusal {
  return new TokenRefusal('SCOPE_NOT_ALLOWED', `expected ${expected}`)
}
