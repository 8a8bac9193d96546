import fc from 'fast-check'
import type { OldState } from './world.ts'

/** Random states of a small old database, with some of what is wrong in real ones. */

const caseId = fc.integer({ min: 1, max: 6 }).map((n) => `E-${n}`)
const personId = fc.integer({ min: 1, max: 7 }).map((n) => `P${n}`)

/** A state with at most a dozen rows of each table. Some words are unknown, some keys come twice, and some ids name nothing. */
export const OLD_STATE: fc.Arbitrary<OldState> = fc.record({
  cases: fc.array(fc.record({ id: caseId, status: fc.constantFrom('TR', 'AC', 'FE', 'XX'), secret: fc.boolean() }), {
    maxLength: 8,
  }),
  offences: fc.array(fc.record({ case: caseId, label: fc.constantFrom('Robo', 'Hurto', 'Ñandú «x»') }), {
    maxLength: 10,
  }),
  parts: fc.array(
    fc.record({ case: caseId, person: personId, role: fc.constantFrom('IMPUTADO', 'VICTIMA', 'TESTIGO', 'JUEZ') }),
    { maxLength: 12 },
  ),
  persons: fc.array(
    fc.record({ id: personId, name: fc.constantFrom('Ana Paz', 'José Núñez', 'Wáng Li'), minor: fc.boolean() }),
    { maxLength: 8 },
  ),
})
