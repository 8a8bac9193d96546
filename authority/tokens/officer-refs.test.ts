import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type PseudonymKeys, rotateKeys } from '../../audit/pseudonym/pseudonym.ts'
import { createOfficerRefs } from './officer.ts'

const officer = fc.record({ issuer: fc.webUrl(), subject: fc.string({ minLength: 1, maxLength: 20 }) })

it('an officer is found under the refs and subjects of all epochs, and never under another’s', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(officer, {
        minLength: 2,
        maxLength: 4,
        selector: ({ issuer, subject }) => `${issuer} ${subject}`,
      }),
      fc.integer({ min: 1, max: 4 }),
      (officers, epochs) => {
        let keys: PseudonymKeys = { epochs: [] }
        const seen: { by: number; ref: string; hn: string; sv: string }[] = []
        for (let epoch = 0; epoch < epochs; epoch++) {
          keys = rotateKeys(keys, 1_795_000_000_000 + epoch)
          const refs = createOfficerRefs(keys)
          for (const [by, each] of officers.entries()) {
            const ref = refs.refOf(each)
            seen.push({ by, ref, hn: refs.subjectFor('HN', ref), sv: refs.subjectFor('SV', ref) })
          }
        }
        const refs = createOfficerRefs(keys)
        const names = officers.map((each) => {
          const own = refs.refsOf(each)
          return {
            own,
            hn: own.flatMap((ref) => refs.subjectsFor('HN', ref)),
            sv: own.flatMap((ref) => refs.subjectsFor('SV', ref)),
          }
        })
        for (const { by, ref, hn, sv } of seen) {
          expect(names.map(({ own }) => own.includes(ref))).toEqual(officers.map((_, at) => at === by))
          expect(names.map((name) => name.hn.includes(hn))).toEqual(officers.map((_, at) => at === by))
          // What one country sees is nothing that another country sees, nor what the log has.
          expect(names.some((name) => name.hn.includes(sv) || name.own.includes(hn))).toBe(false)
        }
      },
    ),
    { numRuns: 50 },
  )
})
