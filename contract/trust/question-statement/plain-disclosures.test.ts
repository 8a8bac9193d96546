import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Disclosure, disclose, resolveDisclosures } from '../sd-jwt.ts'
import type { QuestionClaims } from './claims.ts'
import { resolveOnce, resolvePlainDisclosures } from './plain-disclosures.ts'

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
const plainValue = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))
const otherValue = fc.constantFrom<unknown>({}, { a: 1 }, [[1]], { _sd: [] }, { '...': 'x' }, [{ a: [] }])
const variableName = fc.constantFrom<string>('id', 'case', 'first', 'filter', '_sd', '...', '__proto__')

/** What somebody signs and shows: disclosures in each place, some of the wrong form, some hidden, doubled or of nothing. */
const made = fc.record({
  countries: fc.array(fc.oneof({ weight: 9, arbitrary: plainValue }, otherValue), { minLength: 1, maxLength: 3 }),
  variables: fc.array(fc.tuple(variableName, fc.oneof({ weight: 9, arbitrary: plainValue }, otherValue)), {
    maxLength: 4,
  }),
  case: fc.option(fc.tuple(fc.constantFrom('case', 'case', 'case', 'aud', 'other'), plainValue), { nil: undefined }),
  isHidden: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  isSwapped: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  isTwiceSigned: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  isTwiceShown: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  isForeign: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
})
type Made = typeof made extends fc.Arbitrary<infer Value> ? Value : never

function write({ countries, variables, case: named, isSwapped, ...how }: Made) {
  const ofCountries = countries.map((value) => (isSwapped ? disclose('id', value) : disclose(null, value)))
  const ofVariables = variables.map(([name, value]) => disclose(name, value))
  const ofCase = named === undefined ? [] : [disclose(...named)]
  const all: readonly Disclosure[] = [...ofCountries, ...ofVariables, ...ofCase]
  const digestsOf = (of: readonly Disclosure[]) => of.map(({ digest }) => digest)
  const [first] = all
  const twice = how.isTwiceSigned && first !== undefined ? [first.digest] : []
  const claims = {
    ...{ aud: 'a', iat: 1, jti: 'j', ath: 'h', purpose: 'INVESTIGATION', basis: ['b'], doc: 'd', _sd_alg: 'sha-256' },
    ...(ofCase.length > 0 && { _sd: digestsOf(ofCase) }),
    countries: digestsOf(ofCountries).map((digest) => ({ '...': digest })),
    variables: { _sd: [...digestsOf(ofVariables), ...twice] },
  } as QuestionClaims
  const shown = all.flatMap(({ disclosure }, at) => (how.isHidden[at] === true ? [] : [disclosure]))
  const foreign = how.isForeign ? [disclose('id', 1).disclosure] : []
  return { claims, shown: [...shown, ...(how.isTwiceShown ? shown.slice(0, 1) : []), ...foreign] }
}

const byPlace = (one: ReturnType<typeof resolvePlainDisclosures>) =>
  one && {
    disclosed: ['', 'countries', 'variables'].map((place) => one.disclosed.filter(({ at }) => at.join('.') === place)),
    count: one.disclosed.length,
    undisclosed: [...one.undisclosed].sort(),
  }

describe('the plain disclosures of a statement', () => {
  it('are what the general reader makes of them, or are left to it', () => {
    fc.assert(
      fc.property(made, (one) => {
        const { claims, shown } = write(one)
        const plain = resolvePlainDisclosures(claims, shown)
        if (plain !== null) expect(byPlace(plain)).toEqual(byPlace(resolveDisclosures(claims, shown)))
      }),
    )
  })

  it('are the same for a reader that remembers nothing, before and after they were remembered', () => {
    fc.assert(
      fc.property(made, (one) => {
        const { claims, shown } = write(one)
        const before = resolveOnce(claims, shown)
        const remembered = resolvePlainDisclosures(claims, shown)
        expect([before, resolveOnce(claims, shown)]).toEqual([remembered, remembered])
      }),
    )
  })

  it('are the same for a statement of which other disclosures were read before', () => {
    fc.assert(
      fc.property(made, fc.array(fc.array(fc.nat(9), { maxLength: 6 }), { maxLength: 4 }), (one, views) => {
        const { claims, shown } = write({ ...one, isHidden: [] })
        for (const view of views) {
          const part = view.map((at) => shown[at % shown.length] ?? 'e30')
          const fresh = resolvePlainDisclosures(structuredClone(claims), part)
          expect(resolvePlainDisclosures(claims, part)).toEqual(fresh)
        }
      }),
    )
  })

  it('are read again if they are long or many, and are the same then', () => {
    const variables = Array.from({ length: 40 }, (_, at): [string, unknown] => [`v${at}`, 'x'.repeat(at * 40)])
    const no = { isSwapped: false, isTwiceSigned: false, isTwiceShown: false, isForeign: false, isHidden: [] }
    const { claims, shown } = write({ ...no, countries: ['HN'], variables, case: undefined })
    const fresh = resolvePlainDisclosures(structuredClone(claims), shown)
    expect(fresh?.disclosed.length).toBe(41)
    for (let i = 0; i < 2; i++) expect(resolvePlainDisclosures(claims, shown)).toEqual(fresh)
  })

  it('are not left to it if all values are scalars and lists of them, and all names differ', () => {
    fc.assert(
      fc.property(
        fc.array(plainValue, { minLength: 1, maxLength: 3 }),
        fc.dictionary(fc.constantFrom('id', 'case', 'first'), plainValue),
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        (countries, variables, isHidden) => {
          const no = { isSwapped: false, isTwiceSigned: false, isTwiceShown: false, isForeign: false }
          const { claims, shown } = write({
            ...no,
            countries,
            variables: Object.entries(variables),
            case: ['case', 'c'],
            isHidden,
          })
          expect(resolvePlainDisclosures(claims, shown)).not.toBe(null)
        },
      ),
    )
  })
})
