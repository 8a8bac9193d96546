import { describe, expect, it } from 'vitest'
import { isCountryCode } from '../../contract/country-code.ts'
import { answerOfAll } from './product-answer.ts'
import { ALL_COUNTRIES, listCases, placeOf, recordsOf } from './product-records.ts'

interface Edge {
  readonly cursor: string
  readonly node: {
    readonly id: string
    readonly filedOn: string
    readonly mlaRequests: { readonly edges: readonly object[] }
  }
}

function casesOf(count: number) {
  const { person } = answerOfAll(count, 'GT:P-7') as {
    readonly person: {
      readonly cases: { readonly edges: readonly Edge[]; readonly pageInfo: object; readonly outcomes: object[] }
    }
  }
  return person.cases
}

describe('the right answer to README’s question', () => {
  it('has the cases of all countries, the latest first, and an outcome of each country', () => {
    const { edges, pageInfo, outcomes } = casesOf(4)
    const dates = edges.map(({ node }) => node.filedOn)
    expect(dates).toEqual([...dates].sort().reverse())
    expect(edges.map(({ node }) => node.id).sort()).toEqual(
      ['GT', 'HN', 'NI', 'SV'].flatMap((country) => [`${country}:C-7-0`, `${country}:C-7-1`]),
    )
    expect(pageInfo).toEqual({ hasNextPage: false, endCursor: edges.at(-1)?.cursor })
    expect(outcomes).toEqual(['GT', 'HN', 'NI', 'SV'].map((country) => ({ country, reach: 'ANSWERED', code: null })))
  })

  it('ends after ten cases of twenty countries', () => {
    const { edges, pageInfo, outcomes } = casesOf(20)
    expect(edges).toHaveLength(10)
    expect(pageInfo).toMatchObject({ hasNextPage: true })
    expect(outcomes).toHaveLength(20)
    expect(edges.every(({ node }) => node.mlaRequests.edges.length === 1)).toBe(true)
  })

  it('is about countries that are all different, each with a code of ISO 3166-1', () => {
    expect(new Set(ALL_COUNTRIES).size).toBe(100)
    const codes: readonly string[] = ALL_COUNTRIES
    expect(codes.filter((code) => code === 'UN' || !isCountryCode(code))).toEqual([])
  })

  it('is asked of countries whose own pages have the order of the whole', () => {
    for (const country of ALL_COUNTRIES) {
      const places = listCases(country, 'GT:P-7').map(placeOf)
      expect(places).toEqual([...places].sort())
    }
  })

  it('has no field that a country does not know', () => {
    expect(() => recordsOf('GT', 4).fieldOf({ type: 'Case', id: 'GT:C-1-0' }, 'judge')).toThrow('Case.judge')
  })
})
