/** What is remembered of documents changes no answer: each question is compared with what its document says when it is read afresh. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wordError } from '../../contract/error-message.ts'
import { IstmoError } from '../../contract/errors.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { findLiteral } from '../../contract/trust/question-literals.ts'
import { createTestSession } from '../../contract/trust/question-statement/testing.ts'
import type { Authenticated } from './credentials.ts'
import { createTakeQuestion } from './take-question.ts'
import { CLAIMS, MANDATE, NOW_S } from './testing.ts'

const TOKEN = 'a.b.c'
const session = createTestSession()
const sender: Authenticated = {
  caller: {
    ...{ issuer: CLAIMS.iss, subject: CLAIMS.sub, scopes: [], policies: [], expiresAt: CLAIMS.exp },
    tokenHash: createHash('sha256').update(TOKEN).digest('hex'),
    mandate: { ...MANDATE, type: 'istmo_mandate', purposes: ['INVESTIGATION'] },
  },
  ...{ keyThumbprint: session.thumbprint, grounds: null, groundsRejected: null },
}

/** Signs a statement about one document, and asks with another. */
function statementOf(document: string): string {
  const question = { aud: CLAIMS.aud, iat: NOW_S, ath: sha256Url(TOKEN), document, variables: {} }
  return session.ask(question).text
}

const takeQuestion = createTakeQuestion({ publicUrl: () => CLAIMS.aud, now: () => NOW_S * 1_000 })

async function take(text: string, document: string): Promise<unknown> {
  const request = { headers: [text], body: { query: document }, document, statesGrounds: false }
  try {
    return (await takeQuestion(request, sender))?.question.doc
  } catch (error) {
    const { code, message } = error as IstmoError
    return `${code} ${message}`
  }
}

/** What the answer must be, by a reader that remembers nothing. */
function expectedOf(signed: string, document: string): unknown {
  if (signed !== document) return expect.stringMatching(/^QUESTION_INVALID .*`doc`/)
  const literal = findLiteral(document)
  if (literal === null) return sha256Url(document)
  return expect.stringMatching(new RegExp(`^QUESTION_INVALID .*\\b${literal.line}\\b.*\\b${literal.column}\\b`))
}

describe('a question about a document that was asked before', () => {
  const document = fc.oneof(
    fc.constantFrom(
      '{ a }',
      '{ a(b: 7) }',
      '{ a(b: "x") }',
      '{\n a(b: $x) }',
      '{ a(b: """x""") }',
      '{ a(b: "',
      '',
      '{ é }',
    ),
    fc.nat(9_000).map((length) => `{ a ${'b'.repeat(length)} }`),
    fc.nat(9_000).map((length) => `{ a${'b'.repeat(length)}(c: 1) }`),
  )

  it('is taken or refused as if nobody had asked about it', async () => {
    const asked = fc.tuple(document, fc.option(document, { nil: undefined }))
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 4 }), async (questions) => {
        for (const [sent, signed = sent] of questions) {
          expect(await take(statementOf(signed), sent)).toEqual(expectedOf(signed, sent))
        }
      }),
    )
  })

  it('is refused if its statement was used before', async () => {
    const text = statementOf('{ a }')
    expect(await take(text, '{ a }')).toBe(sha256Url('{ a }'))
    expect(await take(text, '{ a }')).toMatch(/^QUESTION_INVALID .*not used before/)
  })

  it('is refused for each document again, also if more documents were asked about than are remembered', async () => {
    for (let at = 0; at < 300; at++) {
      const with7 = `{ a${at}(b: 7) }`
      expect(await take(statementOf(with7), with7)).toMatch(/^QUESTION_INVALID/)
    }
    for (const at of [0, 299]) {
      const with7 = `{ a${at}(b: 7) }`
      expect(await take(statementOf(with7), with7)).toEqual(expectedOf(with7, with7))
      expect(await take(statementOf(`{ a${at} }`), `{ a${at} }`)).toBe(sha256Url(`{ a${at} }`))
    }
  })
})

describe('a question that is refused', () => {
  const other = createTestSession()
  const now = { aud: CLAIMS.aud, iat: NOW_S, ath: sha256Url(TOKEN), document: '{ a }', variables: {} }
  const [, claims = '', signature = ''] = session.ask(now).text.split('.')
  const used = session.ask(now).text

  it.each<readonly [why: string, text: string, es: string]>([
    [
      'is too old',
      session.ask({ ...now, iat: NOW_S - 61 }).text,
      '`iat` puede ser de hace 60 s como máximo; llegó una de hace 61 s.',
    ],
    ['is of the future', session.ask({ ...now, iat: NOW_S + 9 }).text, 'llegó una de 9 s en el futuro.'],
    [
      'is for another gateway',
      session.ask({ ...now, aud: 'https://other.example' }).text,
      '`aud` debe ser la dirección de la pasarela.',
    ],
    ['is of another key', other.ask(now).text, 'debe ser la clave a la que está ligado el token'],
    [
      'is of another token',
      session.ask({ ...now, ath: sha256Url('another') }).text,
      '`ath` debe ser el SHA-256 del token de acceso.',
    ],
    [
      'is of another document',
      session.ask({ ...now, document: '{ b }' }).text,
      '`doc` debe ser el SHA-256 del texto de `query`.',
    ],
    ['states a variable too many', session.ask({ ...now, variables: { a: 1 } }).text, '1 no están en ella.'],
    ['was used before', used, 'firme una nueva para cada solicitud.'],
    [
      'has no header',
      `e30.${claims}.${signature}`,
      '`alg` del encabezado de la pregunta firmada no tiene la forma debida.',
    ],
    ['has a header that is no JSON', `x.${claims}.${signature}`, 'debe ser un objeto JSON sin miembros repetidos.'],
  ])('says why in Spanish to somebody whose browser is in Spanish: %s', async (_why, text, es) => {
    const ask = () =>
      takeQuestion({ headers: [text], body: { query: '{ a }' }, document: '{ a }', statesGrounds: false }, sender)
    if (text === used) await ask()
    const refusal: unknown = await ask()?.catch((thrown: unknown) => thrown)
    if (!(refusal instanceof IstmoError)) throw new Error('expected a refusal')
    const message = wordError(refusal, 'es')
    expect(message).toContain(es)
    expect(message).not.toContain('Detalle en inglés')
  })
})
