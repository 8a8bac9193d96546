import i18next from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import { ClientError, type ClientErrorCode } from '../../../clients/client-error.ts'
import { WORDS } from '../words/catalogue.ts'
import { RefusedQuestion } from './session.ts'
import { wordError } from './word-error.ts'

/** Each code of a client, with the facts that its message names. */
const FACTS: Readonly<Record<ClientErrorCode, ClientError['facts']>> = {
  DOCUMENT_HAS_LITERAL: { line: 1, column: 2 },
  VARIABLE_WITHOUT_VALUE: { name: 'id' },
  PURPOSE_MISSING: {},
  CASE_MISSING: {},
  CASE_OF_OTHER_MANDATE: {},
  TOKEN_REFUSED: { status: 400, error: 'invalid_grant' },
  NOT_REACHED: { origin: 'http://127.0.0.1:4000' },
  ANSWER_NOT_UNDERSTOOD: { status: 502 },
}

beforeAll(async () => {
  await i18next.init({
    ...{ lng: 'es', interpolation: { escapeValue: false } },
    resources: { es: { translation: WORDS.es }, en: { translation: WORDS.en } },
  })
})

describe('wordError', () => {
  for (const language of ['es', 'en'] as const) {
    it.each(Object.entries(FACTS))(`has words of its own for %s in ${language}`, (code, facts) => {
      const words = wordError(
        i18next.getFixedT(language),
        new ClientError(code as ClientErrorCode, 'expected x', facts),
      )
      expect(words).toMatch(/^\p{Lu}.*\.$/u)
      expect(words).not.toMatch(/expected|\{\{|problem\./)
    })
  }

  it('names what the authority refused', () => {
    const refused = new ClientError('TOKEN_REFUSED', 'm', { status: 400, error: 'SUSPENDED' })
    expect(wordError(i18next.getFixedT('es'), refused)).toContain('(SUSPENDED)')
  })

  it('takes the gateway’s own sentence with its code, which is in the officer’s language', () => {
    const refused = new RefusedQuestion('TOO_MANY_LEGS', 'La pregunta pide demasiado.', null)
    expect(wordError(i18next.getFixedT('es'), refused)).toBe('La pregunta pide demasiado. (TOO_MANY_LEGS)')
  })

  it('does not lead with an English message that nobody worded', () => {
    expect(wordError(i18next.getFixedT('es'), new Error('Failed to fetch'))).toMatch(/^Algo falló.*\(Failed to fetch\)/)
  })
})
