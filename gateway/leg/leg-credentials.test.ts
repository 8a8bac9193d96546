import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CountryToken } from './country-tokens/exchange-client.ts'
import { type LegCredentials, linesOfCredentials } from './leg-credentials.ts'

const credentialsOf = (legToken: string, token: string | null): LegCredentials => ({
  legToken,
  countryToken: token === null ? null : ({ token } as CountryToken),
  isNobody: false,
})

it('the lines of credentials have the tokens of this leg, whatever other legs have shown before', () => {
  const token = fc.constantFrom('', 'a', 'b', 'A', 'a.b', 'a'.repeat(2_000))
  fc.assert(
    fc.property(fc.array(fc.tuple(token, fc.option(token))), (legs) => {
      for (const [legToken, countryToken] of legs) {
        const own = countryToken === null ? '' : `Istmo-Country-Token: ${countryToken}\r\n`
        const lines = linesOfCredentials(credentialsOf(legToken, countryToken))
        expect(Buffer.concat(lines).toString('latin1')).toBe(`authorization: Bearer ${legToken}\r\n${own}`)
      }
    }),
  )
})

it.each(['a\r\nb: c', 'a\nb', 'a\0', 'ä'])('a token with %j is not written, however often it comes', (token) => {
  for (let time = 0; time < 3; time++) {
    expect(() => linesOfCredentials(credentialsOf(token, null))).toThrow(TypeError)
    expect(() => linesOfCredentials(credentialsOf('a', token))).toThrow(TypeError)
  }
})
