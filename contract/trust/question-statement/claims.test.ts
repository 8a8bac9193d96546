import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claimsSchema, isQuestionClaims } from './claims.ts'

const DIGEST = 'a'.repeat(43)
const digest = fc.constantFrom<unknown>(DIGEST, DIGEST, DIGEST, 'a'.repeat(42), `${DIGEST}=`, 1, null, [DIGEST])
const few = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof(fc.array(one, { maxLength: 3 }), fc.constantFrom<unknown>(null, {}, 'x'))
const mostly = <T>(good: T, ...others: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant<unknown>(good) }, fc.constantFrom(...others))
const nothing = Symbol('left out')

/** Claims of each form that is right or nearly right. */
const claims = fc
  .record({
    aud: mostly('https://gateway', '', 'x'.repeat(1_024), 'x'.repeat(1_025), 7, nothing),
    iat: mostly(1, 0, -0, -1, 1.5, 2 ** 53, '1', Number.NaN, null, nothing),
    jti: mostly(randomUUID(), 'x', randomUUID().toUpperCase(), `${randomUUID()}\n`, nothing),
    ath: digest,
    purpose: mostly('INVESTIGATION', 'PROSECUTION', 'investigation', '__proto__', null, nothing),
    basis: fc.oneof(
      { weight: 6, arbitrary: fc.constant<unknown>(['a']) },
      few(fc.constantFrom<unknown>('a', '', 'x'.repeat(256), 'x'.repeat(257), 1)),
      fc.constantFrom<unknown>(Array(64).fill('a'), Array(65).fill('a'), nothing),
    ),
    doc: digest,
    operation: mostly(nothing, 'Q', '_1', '1', 'a'.repeat(256), 'a'.repeat(257), null, 'Q\n'),
    _sd_alg: mostly('sha-256', 'sha-512', nothing),
    _sd: fc.oneof({ weight: 6, arbitrary: fc.constant<unknown>(nothing) }, few(digest)),
    countries: fc.oneof(
      { weight: 6, arbitrary: fc.constant<unknown>([{ '...': DIGEST }]) },
      few(fc.oneof(fc.record({ '...': digest }), fc.constantFrom<unknown>({}, [], { '...': DIGEST, a: 1 }))),
      fc.constantFrom<unknown>(Array(256).fill({ '...': DIGEST }), Array(257).fill({ '...': DIGEST }), nothing),
    ),
    variables: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record<Record<string, unknown>>({ _sd: fc.array(fc.constant(DIGEST), { maxLength: 3 }) }),
      },
      fc.record<Record<string, unknown>>({ _sd: few(digest) }),
      fc.constantFrom<unknown>({}, [], null, { _sd: [], a: 1 }, { _sd: Array(257).fill(DIGEST) }, nothing),
    ),
    other: mostly(nothing, 1),
    ['__proto__']: mostly(nothing, 1),
  })
  .map((made) => {
    const present = Object.entries(made).filter(([, value]) => value !== nothing)
    return JSON.parse(
      `{${present.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value ?? null)}`).join(',')}}`,
    )
  })

describe('the claims of a question statement', () => {
  it('have the form for the check that costs little exactly if they have it for the schema', () => {
    let right = 0
    let cases = 0
    fc.assert(
      fc.property(claims, (json) => {
        const parsed = claimsSchema.safeParse(json)
        cases++
        if (parsed.success) right++
        expect(isQuestionClaims(json)).toBe(parsed.success)
        if (parsed.success) expect(json).toEqual(parsed.data)
      }),
      { numRuns: 400 },
    )
    // Both kinds come. Otherwise this test would show nothing.
    expect(right).toBeGreaterThan(0)
    expect(cases - right).toBeGreaterThan(0)
  })
})
