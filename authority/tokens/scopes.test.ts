import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chooseScopes } from './exchanges.ts'

const scopes = fc.subarray(['case:read', 'case:narrative', 'person:read', 'person:hit'])

it('scopes only shrink: what is chosen was allowed by everybody and asked for, or is refused', () => {
  fc.assert(
    fc.property(scopes, scopes, fc.option(scopes), (one, other, asked) => {
      const allowed = one.filter((scope) => other.includes(scope))
      const choose = () => chooseScopes(asked === null || asked.length === 0 ? undefined : asked.join(' '), one, other)
      if (asked === null || asked.length === 0) expect(choose()).toEqual(allowed)
      else if (asked.every((scope) => allowed.includes(scope))) expect(choose()).toEqual(asked)
      else expect(choose).toThrow('Ask for fewer')
    }),
  )
})

it.each(['', ' ', 'case:read ', ' case:read', 'case:read  person:read', 'case:read\tperson:read', 'a"b', 'ñ'])(
  'a scope that RFC 6749 does not allow is refused: %j',
  (asked) => {
    expect(() => chooseScopes(asked, ['case:read', 'person:read', 'a"b', 'ñ', ''])).toThrow()
  },
)
