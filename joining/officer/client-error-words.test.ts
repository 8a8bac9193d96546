import { expect, it } from 'vitest'
import { ClientError } from '../../clients/client-error.ts'
import { LANGUAGES } from '../../contract/language.ts'
import { wordClientError } from './officer-client.ts'

const refusedWith = (error: string) => new ClientError('TOKEN_REFUSED', '', { status: 400, error })

it.each([
  ['invalid_target AUDIENCE_NOT_ALLOWED', /as gateway\./, /como gateway\./],
  ['invalid_grant MANDATE_NONE', /security officer/, /encargada de la seguridad/],
  ['invalid_request MANDATE_AMBIGUOUS', /as mandate in --config/, /como mandate en --config/],
  ['temporarily_unavailable UNAVAILABLE', /in a few minutes/, /en unos minutos/],
])('says what helps against %s, and does not send the officer to log in again', (error, en, es) => {
  expect(wordClientError(refusedWith(error), 'en')).toMatch(en)
  expect(wordClientError(refusedWith(error), 'es')).toMatch(es)
  for (const language of LANGUAGES) {
    expect(wordClientError(refusedWith(error), language)).toContain(`400, ${error}.`)
    expect(wordClientError(refusedWith(error), language)).not.toMatch(/Log in again|Inicie sesión/)
  }
})

it('says to log in again if the authority refuses the login, or says nothing that we know', () => {
  expect(wordClientError(refusedWith('invalid_grant SUBJECT_TOKEN_INVALID'), 'en')).toMatch(/Log in again\./)
  expect(wordClientError(refusedWith('unknown'), 'es')).toMatch(/Inicie sesión de nuevo\./)
})
