import i18next, { type TFunction } from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import { WORDS } from '../words/catalogue.ts'
import { type FilterWorld, listChosen, suggestFilters } from './suggest-filters.ts'
import { wordActor, wordAsked, wordRefused } from './word-entry.ts'

let t: TFunction
let world: FilterWorld
beforeAll(async () => {
  const words = i18next.createInstance()
  t = await words.init({ lng: 'es', resources: { es: { translation: WORDS.es } } })
  world = {
    ...{ t, language: 'es', nameCountry: (code) => ({ GT: 'Guatemala', HN: 'Honduras' })[code] ?? code },
    ...{ countries: ['GT', 'HN'], logs: ['istmo.example/gateway'], nowMs: Date.parse('2026-12-07T12:00:00Z') },
  }
})

const first = (text: string) => suggestFilters(text, world)[0]?.change

describe('the one field of a search for entries', () => {
  it.each([
    ['analista', { role: 'analyst' }],
    ['Dici', { from: '2026-12-01', until: '2026-12-31' }],
    ['hoy', { from: '2026-12-07', until: '2026-12-07' }],
    ['2026-11-03', { from: '2026-11-03', until: '2026-11-03' }],
    ['honduras', { actorCountry: 'HN' }],
    ['investigacion', { purpose: 'INVESTIGATION' }],
    ['FECO', { text: 'FECO' }],
    ['01a25026-f989-70e5-8ee0-3fcf57e451ba', { text: '01a25026-f989-70e5-8ee0-3fcf57e451ba' }],
    ['1.qiQovoXNxS5IZGrRToVpdiXKjM3Im0wdXu-P_kazCcI', { actorRef: '1.qiQovoXNxS5IZGrRToVpdiXKjM3Im0wdXu-P_kazCcI' }],
  ])('offers for «%s» first what it most likely means', (text, change) => {
    expect(first(text)).toEqual(change)
  })

  it('offers each field that takes any text for a text that is no word of ours', () => {
    const changes = suggestFilters('Person.warrants', world).map(({ change }) => change)
    expect(changes).toContainEqual({ denied: 'Person.warrants' })
    expect(changes).toContainEqual({ client: 'Person.warrants' })
  })

  it('says what was chosen in words, and how to take each away', () => {
    const form = { from: '2026-12-01', until: '2026-12-01', actorCountry: 'GT', purpose: 'INVESTIGATION' }
    expect(listChosen(form, world).map(({ value }) => value)).toEqual(['2026-12-01', 'Guatemala', 'Investigación'])
    expect(listChosen(form, world)[0]?.change).toEqual({ actorCountry: 'GT', purpose: 'INVESTIGATION' })
  })
})

describe('an entry in words', () => {
  const actor = { country: 'GT', agency: 'GT-MP-FECO', role: 'analyst', ref: '1.x', client: null, tokenId: null }
  const row = { denied: [], outcome: 'ANSWERED', codes: [], countries: ['GT'] }

  it('says what was asked and by whom, without a code or a name of the schema', () => {
    const asked = ['PersonEdge.node', 'Person.cases', 'Person.names', 'Query.persons(first:)', 'Person.birthDate']
    expect(wordAsked(t, asked)).toBe('Nombres; nacimiento; casos en que figura')
    expect(wordActor(t, actor)).toBe('Analista, FECO, GT')
  })

  it('says what was refused and by whom', () => {
    const word = (change: object): string => wordRefused(t, { ...row, ...change }, world.nameCountry, 'es')
    expect(word({})).toBe('')
    expect(word({ denied: ['Person.warrants'] })).toBe('Negado por Guatemala: órdenes de captura.')
    expect(word({ outcome: 'DENIED', codes: ['FORBIDDEN_BY_COUNTRY'] })).toMatch(/^Guatemala negó todo\. Las reglas/)
  })
})
