import i18next from 'i18next'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { initReactI18next } from 'react-i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ApartList } from '../apart/use-ask-apart.ts'
import { Look } from '../look/look.tsx'
import type { SessionAnswer } from '../session/session.ts'
import { WORDS } from '../words/catalogue.ts'
import { PagedRows } from './paged-rows.tsx'

beforeAll(async () => {
  await i18next.use(initReactI18next).init({ lng: 'es', resources: { es: { translation: WORDS.es } } })
})

const ANSWER: SessionAnswer<unknown> = {
  ...{ operation: 'Cases', data: {}, problems: [], denied: [], requestId: 'r', at: 0, purpose: 'INVESTIGATION' },
  countries: [{ country: 'GT', domain: 'cases', reach: 'ANSWERED', code: null }],
}

const IN_PART: SessionAnswer<unknown> = {
  ...ANSWER,
  countries: [{ country: 'SV', domain: 'cases', reach: 'ANSWERED', code: 'PARTLY_DENIED' }],
}

const NOT_ALLOWED: SessionAnswer<unknown> = {
  ...{ ...ANSWER, countries: [] },
  problems: [
    { code: 'UNAUTHORIZED_FIELD_OR_TYPE', country: null, coordinate: 'Query.cases', path: ['cases'], message: 'No.' },
  ],
}

const LIST: ApartList<string> = {
  ...{ rows: [], held: 0, showHeld: () => undefined, awaited: [], answers: [], isAsking: false, unanswered: [] },
  ...{ hasMore: false, more: () => undefined, split: null, askMissing: null },
}

function show(part: Partial<ApartList<string>>): string {
  const rows = createElement(PagedRows<string>, { asked: { ...LIST, ...part } }, 'LAS FILAS')
  return renderToStaticMarkup(createElement(Look, null, rows))
}

describe('PagedRows', () => {
  it.each<[string, Partial<ApartList<string>>, readonly (string | RegExp)[], readonly string[]]>([
    ['bones while all are awaited', { awaited: ['GT', 'HN'], isAsking: true }, ['skeleton'], ['LAS FILAS', 'filas']],
    [
      'the rows of one country, and whose are awaited',
      { rows: ['a'], answers: [ANSWER], awaited: ['HN'], isAsking: true },
      ['LAS FILAS', 'Esperando a Honduras', 'skeleton', '1 fila<'],
      ['no hay más'],
    ],
    [
      'a sign before the rows that came late are put in their place',
      { rows: ['a'], answers: [ANSWER], held: 2 },
      [/Llegaron 2 filas.*Mostrarlas en su lugar.*LAS FILAS/],
      ['skeleton'],
    ],
    ['no sign without late rows', { rows: ['a'], answers: [ANSWER] }, ['LAS FILAS', 'no hay más'], ['en su lugar']],
    [
      'that a part may be missing, of a list whose countries all answered',
      { rows: ['a'], answers: [IN_PART] },
      ['LAS FILAS', 'pero faltan países o partes de ellos'],
      ['no hay más'],
    ],
    ['that nothing is there', { answers: [ANSWER] }, ['No hay resultados de los países que respondieron.'], ['faltan']],
    [
      'no end of a list for which the mandate did not allow to ask anybody',
      { answers: [NOT_ALLOWED] },
      ['Su mandato no permite preguntar esto'],
      ['filas', 'no hay más'],
    ],
    [
      'that an empty list is not a «no» when a country was too late',
      { answers: [ANSWER], unanswered: [{ countries: ['HN'], error: null, again: () => undefined }] },
      ['faltan países', 'No respondió a tiempo: Honduras', 'Preguntar otra vez'],
      [],
    ],
    [
      'what went wrong where nothing came at all',
      { unanswered: [{ countries: ['GT'], error: new Error('sin red'), again: () => undefined }] },
      ['sin red', 'Preguntar otra vez'],
      ['filas', 'skeleton'],
    ],
  ])('shows %s', (_, part, expected, missing) => {
    const text = show(part)
    for (const each of expected) expect(text).toMatch(each)
    for (const each of missing) expect(text).not.toContain(each)
  })
})
