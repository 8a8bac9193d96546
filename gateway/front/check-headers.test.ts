import { describe, expect, it } from 'vitest'
import { wordError } from '../../contract/error-message.ts'
import type { IstmoError } from '../../contract/errors.ts'
import { checkAskingHeaders } from './graphql-route.ts'

/** What the check says of one header; null if it accepts its value. */
function objection(name: string, value: string): IstmoError | null {
  try {
    checkAskingHeaders(Object.fromEntries([[name, value]]))
    return null
  } catch (error) {
    return error as IstmoError
  }
}

const HEADERS: readonly (readonly [name: string, known: readonly string[], en: string, es: string])[] = [
  ['istmo-dry-run', ['?1', '?0'], '`Istmo-Dry-Run` to be `?1` or `?0`', '`Istmo-Dry-Run` debe ser `?1` o `?0`'],
  ['istmo-log-proof', ['?1', '?0'], '`Istmo-Log-Proof` to be `?1` or `?0`', '`Istmo-Log-Proof` debe ser `?1` o `?0`'],
  ['istmo-evidence', ['legs'], '`Istmo-Evidence` to be `legs`', '`Istmo-Evidence` debe ser `legs`'],
]

describe.each(HEADERS)('the header %s', (name, known, en, es) => {
  it('may be absent, or have a value that the gateway knows', () => {
    expect(() => checkAskingHeaders({})).not.toThrow()
    for (const value of known) expect(objection(name, value)).toBeNull()
  })

  it.each(['', 'yes', 'true', '1', '?2', '?1;a', 'Legs', ' legs', 'legs, legs', '?1, ?1', 'María López'])(
    'is a bad request with «%s», in both languages and without the value that came',
    (value) => {
      const error = objection(name, value)
      if (error === null) throw new Error('expected an error')
      expect(error.code).toBe('BAD_REQUEST')
      expect(wordError(error, 'en')).toContain(`Expected ${en}; came another value, and no country was asked.`)
      expect(wordError(error, 'es')).toContain(`${es}; llegó otro valor, y no se consultó a ningún país.`)
      expect(error.message).not.toContain('María')
    },
  )
})
