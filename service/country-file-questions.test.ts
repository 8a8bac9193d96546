import { describe, expect, it } from 'vitest'
import {
  capsSchema,
  listUnsignedDomains,
  partnersSchema,
  questionsSchema,
  toQuestionSettings,
} from './country-file-questions.ts'

const key = (letter: string) => letter.repeat(43)

describe('what a country’s file says of questions', () => {
  it('demands signed questions of each domain, 200 legs and 5,000 rows, unless it says otherwise', () => {
    const settings = toQuestionSettings({})
    expect(settings.demands).toEqual({ cases: 'signed', persons: 'signed', legal: 'signed' })
    expect(settings.caps).toEqual({ legs: 200, rows: 5_000 })
    expect([listUnsignedDomains(settings), settings.partners.size]).toEqual([[], 0])
  })

  it('names the domains that answer what nobody signed, the caps, and whose keys sign given ids', () => {
    const settings = toQuestionSettings({
      questions: { legal: 'any' },
      caps: { rows: 9 },
      partners: [
        { country: 'GT', keys: [key('g'), key('h')] },
        { country: 'SV', keys: [key('s')] },
      ],
    })
    expect(listUnsignedDomains(settings)).toEqual(['legal'])
    expect(settings.caps).toEqual({ legs: 200, rows: 9 })
    expect([...settings.partners]).toEqual([
      [key('g'), 'GT'],
      [key('h'), 'GT'],
      [key('s'), 'SV'],
    ])
  })

  it.each([
    ['another word', questionsSchema, { cases: 'none' }, 'cases', /signed/],
    ['another domain', questionsSchema, { taxes: 'any' }, '', /taxes/],
    ['no legs', capsSchema, { legs: 0 }, 'legs', /1/],
    ['half a row', capsSchema, { rows: 1.5 }, 'rows', /int/],
    ['another cap', capsSchema, { bytes: 1 }, '', /bytes/],
    ['a partner without a key', partnersSchema, [{ country: 'GT', keys: [] }], '0.keys', /1/],
    ['a partner that is no country', partnersSchema, [{ country: 'XX', keys: [key('g')] }], '0.country', /ISO 3166/],
    ['a key that is no thumbprint', partnersSchema, [{ country: 'GT', keys: ['k'] }], '0.keys.0', /RFC 7638/],
    [
      'a key of two countries',
      partnersSchema,
      [
        { country: 'GT', keys: [key('g')] },
        { country: 'SV', keys: [key('g')] },
      ],
      '1.keys.0',
      /came one of GT again/,
    ],
  ])('says what is wrong with %s', (_name, schema, value, path, message) => {
    const issue = schema.safeParse(value).error?.issues[0]
    expect([issue?.path.join('.'), issue?.message]).toEqual([path, expect.stringMatching(message)])
  })
})
