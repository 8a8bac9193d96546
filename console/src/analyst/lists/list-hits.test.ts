import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PersonListHitsQuery } from '../../documents/operation-types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { makeAnswer } from '../../testing.tsx'
import { listHits } from './list-hits.ts'

const lines = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 20 })
const hitsOf = fc.array(
  fc.record({
    item: fc.nat({ max: 25 }),
    country: fc.constantFrom('GT', 'HN', 'SV'),
    ...{ band: fc.constant('STRONG'), contactPoint: fc.constant(null) },
  }),
)

it('gives back every line once or once for each hit, in the order of the file, and calls nothing a «no» while a country is silent', () => {
  fc.assert(
    fc.property(lines, fc.nat(), hitsOf, fc.subarray(['CR', 'PA']), (all, cut, hits, silent) => {
      const [asked, refused] = [all.slice(0, cut % 20), all.slice(cut % 20)]
      const persons = asked.map((line) => ({ line, name: `N${line}`, birthDate: '1974-07-10' }))
      const problems = refused.map((line) => ({ line, name: '', problem: 'NAME_MISSING' as const }))
      const answer = makeAnswer('PersonListHits', { data: { personListHits: { hits, outcomes: [] } } })
      const rows = listHits({ persons, problems }, [answer as SessionAnswer<PersonListHitsQuery>], silent)
      expect(new Set(rows.map(({ line }) => line))).toEqual(new Set(all))
      expect(rows.map(({ line }) => line)).toEqual(rows.map(({ line }) => line).toSorted((a, b) => a - b))
      expect(rows.filter(({ result }) => result === 'HIT')).toHaveLength(
        hits.filter(({ item }) => item < persons.length).length,
      )
      for (const { result } of rows) expect(result === (silent.length > 0 ? 'NO_HIT' : 'NOT_ANSWERED')).toBe(false)
    }),
  )
})
