import { describe, expect, it } from 'vitest'
import { MANDATE_TYPE, signMandate, verifyMandateDraft } from './mandate-document.ts'
import { signRevocation, verifyRevocation } from './mandate-revocation.ts'
import { thumbprintOf } from './personal-jws.ts'
import { ISSUED_S, newPersonalKey, SAMPLE_MANDATE, signRaw } from './testing.ts'

const TYPE = 'istmo-mandate-revocation+json'
const ana = newPersonalKey()
const REVOCATION = { v: 1, mandate: 'm'.repeat(43), issued: ISSUED_S, reason: 'the officer left' } as const
const signed = await signRevocation(REVOCATION, ana)
const [only] = signed.signatures

async function signMembers(members: object, header: object = {}) {
  const { payload, ...rest } = await signRaw(JSON.stringify({ ...REVOCATION, ...members }), ana, {
    typ: TYPE,
    ...header,
  })
  return { payload, signatures: [rest] }
}

describe('a revocation', () => {
  it('is read with the key of the one person who signed it', async () => {
    for (const key of [ana, newPersonalKey('P-256')]) {
      const verified = await verifyRevocation(await signRevocation(REVOCATION, key))
      expect(verified).toMatchObject({ revocation: REVOCATION, kid: await thumbprintOf(key) })
    }
  })

  const cases: readonly (readonly [string, RegExp, () => unknown])[] = [
    ['two signatures', /one signature/, () => ({ ...signed, signatures: [only, only] })],
    ['no signature', /signatures/, () => ({ ...signed, signatures: [] })],
    ['a role', /role/, () => signMembers({}, { role: 'approver' })],
    ['the typ of a mandate', /typ/, () => signMembers({}, { typ: MANDATE_TYPE })],
    [
      'a changed reason',
      /not valid/,
      async () => ({ ...signed, payload: (await signMembers({ reason: 'x' })).payload }),
    ],
    ['a hash in hexadecimal digits', /mandate/, () => signMembers({ mandate: 'a'.repeat(64) })],
    ['no reason', /reason/, () => signMembers({ reason: undefined })],
    ['an empty reason', /reason/, () => signMembers({ reason: '' })],
    ['a reason that rewrites the terminal', /reason/, () => signMembers({ reason: '\u001b[2J' })],
    ['an unknown member', /nobody knows/, () => signMembers({ until: 1 })],
    ['another version', /v: /, () => signMembers({ v: 2 })],
    ['crit', /nobody knows/, () => signMembers({}, { crit: ['b64'], b64: true })],
    ['a draft', /typ/, () => signMandate(SAMPLE_MANDATE, ana, 'drafter')],
  ]
  it.each(cases)('is refused because of %s', async (_, message, make) => {
    await expect(verifyRevocation(await make())).rejects.toThrow(message)
  })

  it('is no draft of a mandate', async () => {
    await expect(verifyMandateDraft(signed)).rejects.toThrow(/typ/)
  })
})
