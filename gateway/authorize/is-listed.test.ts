import { describe, expect, it } from 'vitest'
import type { Caller, Grounds } from '../../contract/access-token.ts'
import { aCaller } from '../testing.ts'
import type { Participant } from '../types/participant.ts'
import { isListed } from './authorizer.ts'

const AUTHORITY = 'https://authority.gt.example'
const HASH = 'h'.repeat(43)
const INVESTIGATION: Grounds = { purpose: 'INVESTIGATION' }
const partner: NonNullable<Participant['callers']>[number] = {
  ...{
    country: 'GT',
    authority: AUTHORITY,
    jwks: '/gt.jwks.json',
    keys: new Set<string>(),
    approvers: new Set<string>(),
  },
  ...{ log: '', witnesses: [], countersigned: null, revocation: 'optional' },
  members: [{ agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
}

function callerOf(agency: string | undefined, over: Partial<Caller> = {}): Caller {
  return aCaller({ issuer: AUTHORITY, ...(agency && { organisation: { country: 'GT', agency } }), ...over })
}

describe('whether a country lists a caller', () => {
  it.each<[string, boolean, Participant['callers'], Caller | null, Grounds | null]>([
    ['everybody, if the file has no callers', true, undefined, callerOf('GT-PNC'), INVESTIGATION],
    ['nobody who asks without a token', true, [partner], null, null],
    ['a listed agency for a listed purpose', true, [partner], callerOf('GT-MP-FECO'), INVESTIGATION],
    ['a listed agency that states no purpose', true, [partner], callerOf('GT-MP-FECO'), null],
    ['a listed agency for another purpose', false, [partner], callerOf('GT-MP-FECO'), { purpose: 'PROSECUTION' }],
    ['another agency', false, [partner], callerOf('GT-PNC'), INVESTIGATION],
    ['a caller without an agency', false, [partner], callerOf(undefined), INVESTIGATION],
    ['another authority', false, [partner], callerOf('GT-MP-FECO', { issuer: 'https://other.example' }), INVESTIGATION],
    ['anybody, if the list is empty', false, [], callerOf('GT-MP-FECO'), INVESTIGATION],
  ])('%s: %s', (_, expected, callers, caller, grounds) => {
    expect(isListed(callers, caller, grounds)).toBe(expected)
  })

  it.each([
    [HASH, true],
    ['x'.repeat(43), false],
    [undefined, false],
  ])('takes a mandate with the hash %s if it countersigned %s', (hash, expected) => {
    const mandate = {
      ...{ type: 'istmo_mandate' as const, task_force: 'jtf', purposes: ['INVESTIGATION' as const], countries: ['HN'] },
      ...{ not_after: '2099-12-31', ...(hash !== undefined && { hash }) },
    }
    const countersigning = [{ ...partner, countersigned: new Set([HASH]) }]
    expect(isListed(countersigning, callerOf('GT-MP-FECO', { mandate }), INVESTIGATION)).toBe(expected)
  })
})
