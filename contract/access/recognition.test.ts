import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Mandate, PURPOSES, type Purpose } from '../access-token.ts'
import { recognisedScopes, type TaskForce, taskForcesSchema } from './recognition.ts'

const NOW_MS = Date.parse('2026-11-24T12:00:00Z')
const mandateOf = (purpose: Purpose): Mandate => ({
  type: 'istmo_mandate',
  task_force: 'jtf',
  purposes: [purpose],
  countries: ['SV'],
  not_after: '2999-12-31',
})
const scopesOf = (taskForces: readonly TaskForce[], country: string, agency: string, purpose: Purpose) => {
  const acting = { organisation: { country, agency }, mandate: mandateOf(purpose), grounds: { purpose } }
  return recognisedScopes('SV', taskForces, acting, NOW_MS)
}

const member = fc.record({
  issuer: fc.constantFrom('GT', 'HN'),
  agencies: fc.subarray(['A', 'B', 'C'], { minLength: 1 }),
  purposes: fc.subarray([...PURPOSES], { minLength: 1 }),
  scopes: fc.subarray(['case:read', 'person:read', 'person:hit'], { minLength: 1 }),
})
const taskForce = fc.record({
  id: fc.constantFrom('jtf', 'other'),
  notAfter: fc.constantFrom('2020-01-01', '2999-12-31'),
  members: fc.array(member, { minLength: 1, maxLength: 4 }),
})

describe('recognisedScopes', () => {
  it('returns the scopes of the members with exactly this issuer, agency and purpose, and of nothing else', () => {
    const asked = [fc.constantFrom('GT', 'HN', 'PA'), fc.constantFrom('A', 'B', 'C', 'D')] as const
    fc.assert(
      fc.property(
        fc.array(taskForce, { maxLength: 3 }),
        ...asked,
        fc.constantFrom(...PURPOSES),
        (forces, issuer, agency, purpose) => {
          const expected = new Set<string>()
          for (const { id, notAfter, members } of forces) {
            for (const each of members) {
              const isMeant =
                each.issuer === issuer && each.agencies.includes(agency) && each.purposes.includes(purpose)
              if (id === 'jtf' && notAfter > '2026-11-24' && isMeant)
                for (const scope of each.scopes) expected.add(scope)
            }
          }
          const came = scopesOf(forces, issuer, agency, purpose)
          if (expected.size === 0) expect(came).toBe('TASK_FORCE_NOT_RECOGNISED')
          else expect([...came].sort()).toEqual([...expected].sort())
        },
      ),
    )
  })

  it('does not hear an issuer that names an agency of another country', () => {
    const forces = taskForcesSchema.parse([
      {
        id: 'jtf',
        notAfter: '2999-12-31',
        members: [
          { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['person:read'] },
          { issuer: 'HN', agencies: ['HN-MP-ATIC'], purposes: ['PROSECUTION'], scopes: ['case:read'] },
        ],
      },
    ])
    expect(scopesOf(forces, 'GT', 'GT-MP-FECO', 'INVESTIGATION')).toEqual(['person:read'])
    expect(scopesOf(forces, 'HN', 'HN-MP-ATIC', 'PROSECUTION')).toEqual(['case:read'])
    expect(scopesOf(forces, 'HN', 'GT-MP-FECO', 'INVESTIGATION')).toBe('TASK_FORCE_NOT_RECOGNISED')
    expect(scopesOf(forces, 'HN', 'HN-MP-ATIC', 'INVESTIGATION')).toBe('TASK_FORCE_NOT_RECOGNISED')
    expect(scopesOf(forces, 'GT', 'GT-MP-FECO', 'PROSECUTION')).toBe('TASK_FORCE_NOT_RECOGNISED')
  })
})

describe('a list of task forces', () => {
  const rights = { purposes: ['INVESTIGATION'], scopes: ['case:read'] }
  const listOf = (...members: readonly object[]) => [{ id: 'jtf', notAfter: '2027-03-31', members }]
  const messageOf = (list: unknown): string => taskForcesSchema.safeParse(list).error?.issues[0]?.message ?? 'accepted'

  it('in the form of version 0.2 is rejected, and the message shows the present form', () => {
    const old = { id: 'jtf', issuers: ['GT', 'HN'], agencies: ['GT-MP-FECO'], notAfter: '2027-03-31', ...rights }
    expect(messageOf([old])).toMatch(
      /members: \[\{ issuer: GT, agencies: \[GT-MP-FECO\], purposes: \[INVESTIGATION\], scopes: \["case:read"\] \}\].*came the form of version 0\.2/,
    )
  })

  it('may not put one agency under two issuers, even in two task forces', () => {
    const [gt, hn] = ['GT', 'HN'].map((issuer) => ({ issuer, agencies: ['REGIONAL'], ...rights }))
    expect(messageOf(listOf(gt as object, hn as object))).toMatch(/expected an agency of HN; came one of GT/)
    expect(messageOf([...listOf(gt as object), ...listOf(hn as object)])).toMatch(
      /expected an agency of HN; came one of GT/,
    )
  })

  it('may not put an agency that one issuer’s code begins under another issuer', () => {
    const hn = { issuer: 'HN', agencies: ['HN-MP-ATIC', 'GT-MP-FECO'], ...rights }
    expect(messageOf(listOf(hn, { issuer: 'GT', agencies: ['GT-PNC'], ...rights }))).toMatch(
      /expected an agency of HN; came one of GT/,
    )
    expect(messageOf(listOf({ issuer: 'GT', agencies: ['MP-FECO', 'SICA-OVERSIGHT'], ...rights }))).toBe('accepted')
  })

  it.each(['issuer', 'agencies', 'purposes', 'scopes'])('needs %s in each member', (key) => {
    const { [key]: _, ...rest }: Record<string, unknown> = { issuer: 'GT', agencies: ['GT-MP'], ...rights }
    expect(messageOf(listOf(rest))).not.toBe('accepted')
  })
})
