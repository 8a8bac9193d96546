import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SessionAnswer } from '../session/session.ts'
import { countHidden, isIncomplete, isPartial, listMadeUp, summarizeCountries } from './summarize-countries.ts'

const NOTHING: SessionAnswer<unknown> = {
  ...{ operation: 'Q', data: {}, problems: [], countries: [], denied: [], requestId: null, at: 0, purpose: 'X' },
}

const report = fc.record({
  country: fc.constantFrom('GT', 'HN', 'SV'),
  domain: fc.constantFrom('cases', 'persons'),
  reach: fc.constantFrom('ANSWERED', 'DENIED', 'NOT_PUBLISHED', 'TIMED_OUT', 'UNAVAILABLE', 'NEW_REACH'),
  code: fc.constantFrom(null, 'A', 'B'),
})
const problem = fc.record({
  message: fc.constant('m'),
  code: fc.constantFrom('UNAUTHORIZED_FIELD_OR_TYPE', 'FORBIDDEN_BY_COUNTRY', 'ROWS_DROPPED'),
  path: fc.constant(['persons']),
  country: fc.constantFrom(null, 'GT', 'PA'),
  coordinate: fc.constantFrom(null, 'Person.names'),
})
const answers = fc.array(
  fc.record({ countries: fc.array(report, { maxLength: 4 }), problems: fc.array(problem, { maxLength: 4 }) }),
  { maxLength: 4 },
)
const toAnswers = (parts: readonly Partial<SessionAnswer<unknown>>[]) => parts.map((part) => ({ ...NOTHING, ...part }))

describe('summarizeCountries', () => {
  it('says that a country answered exactly if nothing of it is missing or hidden', () => {
    fc.assert(
      fc.property(answers, (parts) => {
        const { countries } = summarizeCountries(toAnswers(parts))
        const reports = parts.flatMap((part) => part.countries)
        const problems = parts.flatMap((part) => part.problems)
        for (const { country, standing } of countries) {
          const isFlawed = reports.some(
            (each) => each.country === country && (each.reach !== 'ANSWERED' || each.code !== null),
          )
          const isHidden = problems.some(
            (each) => each.country === country && each.coordinate !== null && each.code !== 'ROWS_DROPPED',
          )
          expect(standing === 'answered').toBe(!isFlawed && !isHidden)
        }
        const named = [
          ...reports,
          ...problems.filter(({ code, coordinate }) => code !== 'ROWS_DROPPED' && coordinate !== null),
        ]
        expect(countries.map(({ country }) => country)).toEqual(
          [...new Set(named.flatMap(({ country }) => country ?? []))].sort(),
        )
      }),
    )
  })

  it('does not depend on the order of the answers', () => {
    fc.assert(
      fc.property(answers, (parts) => {
        const there = toAnswers(parts)
        expect(summarizeCountries(there.toReversed())).toEqual(summarizeCountries(there))
      }),
    )
  })

  it('takes the worst of a country, and a reach that it does not know as missing', () => {
    const countries = [
      { country: 'HN', domain: 'cases', reach: 'ANSWERED', code: null },
      { country: 'HN', domain: 'persons', reach: 'TIMED_OUT', code: 'LEG_DEADLINE' },
      { country: 'GT', domain: 'persons', reach: 'SOMETHING_NEW', code: null },
    ]
    const summary = summarizeCountries([{ ...NOTHING, countries }])
    expect(summary.countries.map(({ country, standing }) => [country, standing])).toEqual([
      ['GT', 'unavailable'],
      ['HN', 'timed-out'],
    ])
    expect(isIncomplete(summary)).toBe(true)
  })

  it('keeps apart what the mandate hides everywhere and what one country hides', () => {
    const hidden = { message: 'm', path: [], coordinate: 'Person.identifiers' }
    const problems = [
      { ...hidden, code: 'UNAUTHORIZED_FIELD_OR_TYPE', country: null },
      { ...hidden, code: 'FORBIDDEN_BY_COUNTRY', country: 'SV' },
      { ...hidden, code: 'FORBIDDEN_BY_COUNTRY', country: 'SV' },
    ]
    const summary = summarizeCountries([{ ...NOTHING, problems }])
    expect(summary.hiddenEverywhere.map(({ places }) => places)).toEqual([1])
    expect(summary.countries[0]?.hidden.map(({ places }) => places)).toEqual([2])
    expect(summary.countries[0]?.standing).toBe('partly')
  })
})

describe('listMadeUp', () => {
  it('names the countries whose records are made up, and those whose are real, wherever a record stands', () => {
    const record = (id: string, synthetic: boolean) => ({ id, provenance: { synthetic }, names: ['x'] })
    const data = {
      persons: { edges: [{ node: record('GT:1', true) }, { node: { id: 'SV:1', provenance: null } }] },
      case: { ...record('PA:1', false), linkedCases: [record('HN:1', true)] },
    }
    expect(
      listMadeUp([
        { ...NOTHING, data },
        { ...NOTHING, data: null },
      ]),
    ).toEqual({ madeUp: ['GT', 'HN'], real: ['PA'] })
    expect(listMadeUp([])).toEqual({ madeUp: [], real: [] })
  })
})

describe('isPartial', () => {
  it('is true of each answer that is incomplete, and of what is hidden or not published', () => {
    fc.assert(
      fc.property(answers, (parts) => {
        const summary = summarizeCountries(toAnswers(parts))
        if (isIncomplete(summary)) expect(isPartial(summary)).toBe(true)
        const isWhole = parts.every(({ countries, problems }) =>
          [...countries, ...problems].every(
            (each) => 'reach' in each && each.reach === 'ANSWERED' && each.code === null,
          ),
        )
        if (isWhole) expect(isPartial(summary)).toBe(false)
      }),
    )
  })
})

describe('countHidden', () => {
  it('counts each hidden place once, whoever hides it', () => {
    fc.assert(
      fc.property(answers, (parts) => {
        const hiding = ['UNAUTHORIZED_FIELD_OR_TYPE', 'FORBIDDEN_BY_COUNTRY']
        const hidden = parts.flatMap(({ problems }) => problems).filter(({ coordinate }) => coordinate !== null)
        const expected = hidden.filter(({ code }) => hiding.includes(code)).length
        expect(countHidden(summarizeCountries(toAnswers(parts)))).toBe(expected)
      }),
    )
  })
})
