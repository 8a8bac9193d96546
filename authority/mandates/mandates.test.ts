import { describe, expect, it } from 'vitest'
import { type MandateDocument, signMandate } from '../../contract/trust/mandate-document.ts'
import { signRevocation } from '../../contract/trust/mandate-revocation.ts'
import { hashPayload, type PersonalJws } from '../../contract/trust/personal-jws.ts'
import { ISSUED_S, newPersonalKey } from '../../contract/trust/testing.ts'
import { verifyMandateProof } from '../../service/trust/mandate-proof.ts'
import { hashPerson } from './acts.ts'
import {
  APPROVING,
  type Disk,
  DRAFTING,
  documentOf,
  ISSUER,
  LOG_KEY,
  newDisk,
  newPerson,
  OFFICER_POST,
  start,
  type TestPerson,
  WITNESSES,
} from './testing.ts'

const NOW_MS = (ISSUED_S + 60) * 1_000
const TOKEN = 'a token'
const ana = await newPerson('ana', DRAFTING)
const beto = await newPerson('beto', APPROVING)
const carla = await newPerson('carla', APPROVING)
const officer = await newPerson('olga', OFFICER_POST)

/** An authority with the hashes of everybody. `at` sets its clock. */
async function open(disk: Disk = newDisk(), clock = { ms: NOW_MS }) {
  const suspended = new Set<string>()
  const running = await start(disk, { approvers: [beto, carla], now: () => clock.ms, suspended })
  const { mandates } = running
  const others = [beto, carla, officer].map(({ subject }) => subject)
  const { persons = [] } = await mandates.act(ana, { act: 'name', token: TOKEN, subjects: others })
  const [drafter = '', approver = '', other = '', olga = ''] = persons
  const documentFor = (over: Partial<MandateDocument> = {}) => documentOf({ drafter, approver }, over)
  const hand = (act: 'draft' | 'approve' | 'revoke', by: TestPerson, jws: unknown) =>
    mandates.act(by, { act, token: TOKEN, document: typeof jws === 'string' ? jws : JSON.stringify(jws) })
  const draft = async (over: Partial<MandateDocument> = {}) => {
    const jws = await signMandate(documentFor(over), ana.key, 'drafter')
    await hand('draft', ana, jws)
    return jws
  }
  const approve = async (jws: PersonalJws, by = beto) => hand('approve', by, await signMandate(jws, by.key, 'approver'))
  const revoke = async (jws: PersonalJws, by = beto, over = {}) =>
    hand('revoke', by, await signRevocation({ ...revocationOf(jws), ...over }, by.key))
  return {
    ...running,
    clock,
    suspended,
    disk,
    hashes: { drafter, approver, other, olga },
    documentFor,
    hand,
    draft,
    approve,
    revoke,
  }
}
type Authority = Awaited<ReturnType<typeof open>>

const revocationOf = (jws: PersonalJws) =>
  ({ v: 1, mandate: hashPayload(jws.payload), issued: ISSUED_S + 60, reason: 'the case is closed' }) as const

describe('the mandates of an authority', () => {
  it('go from a draft to a mandate in force to a revoked one, each with an entry', async () => {
    const authority = await open()
    const jws = await authority.draft()
    const hash = hashPayload(jws.payload)
    expect(await authority.mandates.find(hash)).toBeNull()
    expect(await authority.approve(jws)).toEqual({ mandate: hash, state: 'APPROVED' })
    expect((await authority.mandates.find(hash))?.document.id).toBe(authority.mandates.list()[0]?.document.id)
    expect(await authority.revoke(jws, ana)).toEqual({ mandate: hash, state: 'REVOKED' })
    expect(await authority.mandates.find(hash)).toBeNull()
    const kinds = (await authority.entries()).map(({ kind }) => kind)
    expect(kinds).toEqual([...Array(4).fill('person-hash'), 'mandate-draft', 'mandate', 'mandate-revocation'])
  })

  it('are found for an officer by agency and role, or by the officer’s hash', async () => {
    const authority = await open()
    const byPost = await authority.draft()
    const byHash = await authority.draft({ officers: [{ hash: authority.hashes.olga }] })
    const neither = await authority.draft({ officers: [{ agency: 'GT-PNC', role: 'prosecutor' }] })
    for (const jws of [byPost, byHash, neither]) await authority.approve(jws)
    const found = async (person: TestPerson) => (await authority.mandates.findFor(person)).map(({ hash }) => hash)
    expect(await found(officer)).toEqual([byPost, byHash].map(({ payload }) => hashPayload(payload)))
    expect(await found({ ...officer, agency: 'GT-PNC', role: 'detective' })).toEqual([hashPayload(byHash.payload)])
    expect(await found({ ...officer, subject: 'oscar' })).toEqual([hashPayload(byPost.payload)])
    expect(await found({ ...officer, subject: 'oscar', role: 'detective' })).toEqual([])
    expect(await found({ ...officer, issuer: 'https://other.example', role: 'detective' })).toEqual([])
  })

  it('no longer name an officer whose salt was erased', async () => {
    const authority = await open()
    const jws = await authority.draft({ officers: [{ hash: authority.hashes.olga }] })
    await authority.approve(jws)
    expect(await authority.mandates.findFor(officer)).toHaveLength(1)
    for (const [id, salt] of authority.disk.salts) {
      if (salt && hashPerson(salt, officer) === authority.hashes.olga) authority.disk.salts.set(id, null)
    }
    expect(await authority.mandates.findFor(officer)).toHaveLength(0)
  })

  it('name a person always by the same hash, which nobody can compute without the salt', async () => {
    const authority = await open()
    const again = await authority.mandates.act(carla, { act: 'name', token: TOKEN, subjects: ['ana', 'ana', 'carla'] })
    const { drafter, other } = authority.hashes
    expect(again.persons).toEqual([other, drafter, drafter, other])
    const log = JSON.stringify(await authority.entries())
    expect(log).not.toMatch(/ana|beto|carla|olga/)
    expect([...authority.disk.salts.values()].map((salt) => salt?.length)).toEqual([16, 16, 16, 16])
  })

  it('end with their last day in their own time zone', async () => {
    const authority = await open()
    const jws = await authority.draft({ not_after: '2026-12-01' })
    await authority.approve(jws)
    const hash = hashPayload(jws.payload)
    authority.clock.ms = Date.parse('2026-12-02T05:59:59Z')
    expect(await authority.mandates.find(hash)).not.toBeNull()
    authority.clock.ms = Date.parse('2026-12-02T06:00:00Z')
    expect(await authority.mandates.find(hash)).toBeNull()
    expect(await authority.mandates.findFor(officer)).toEqual([])
    expect(authority.mandates.list().map(({ state }) => state)).toEqual(['EXPIRED'])
  })

  it('are in force only while the approver’s key is one of the settings', async () => {
    const authority = await open()
    const jws = await authority.draft()
    await authority.approve(jws)
    await authority.stop()
    const later = await start(authority.disk, { approvers: [carla], now: () => NOW_MS })
    expect(await later.mandates.find(hashPayload(jws.payload))).toBeNull()
  })

  it('are in force only while neither key is suspended', async () => {
    const authority = await open()
    const jws = await authority.draft()
    await authority.approve(jws)
    for (const { kid } of [ana, beto]) {
      authority.suspended.add(kid)
      expect(await authority.mandates.find(hashPayload(jws.payload))).toBeNull()
      expect(await authority.mandates.findFor(officer)).toEqual([])
      authority.suspended.delete(kid)
    }
    expect(await authority.mandates.findFor(officer)).toHaveLength(1)
  })

  it('come back from the log after a restart, with the hashes of persons', async () => {
    const authority = await open()
    const jws = await authority.draft()
    await authority.approve(jws)
    const before = authority.mandates.list()
    await authority.stop()
    const later = await open(authority.disk)
    expect(later.mandates.list()).toEqual(before)
    expect(later.hashes).toEqual(authority.hashes)
    await expect(later.approve(jws, carla)).rejects.toThrow('NOT_DRAFTED')
  })

  it('are proved to a country whose witness has cosigned, and to no other', async () => {
    const authority = await open()
    const jws = await authority.draft()
    const hash = hashPayload(jws.payload)
    await authority.approve(jws)
    expect(await authority.mandates.prove(hash, 'HN')).toBeNull()
    await authority.cosign(['HN'])
    expect(await authority.mandates.prove(hash, 'SV')).toBeNull()
    expect(await authority.mandates.prove(hash, 'PA')).toBeNull()
    const trust = { issuer: ISSUER, country: 'GT', approvers: new Set([beto.kid]), log: LOG_KEY }
    const proof = await authority.mandates.prove(hash, 'HN')
    expect(await verifyMandateProof(proof, { ...trust, witnesses: [WITNESSES.HN.verifier] })).toMatchObject({ hash })
    await authority.revoke(jws)
    expect(await authority.mandates.prove(hash, 'HN')).toBeNull()
  })

  it('are left out, and reported, if the content store lost or changed their document', async () => {
    const authority = await open()
    const [lost, changed, whole] = [await authority.draft(), await authority.draft(), await authority.draft()]
    for (const jws of [lost, changed, whole]) await authority.approve(jws)
    for (const [name, text] of authority.disk.kept) {
      if (text.includes(lost.payload)) authority.disk.kept.delete(name)
      if (text.includes(changed.payload)) authority.disk.kept.set(name, text.replace('"signatures"', ' "signatures"'))
    }
    await authority.stop()
    const later = await start(authority.disk, { approvers: [beto, carla], now: () => NOW_MS })
    expect(later.mandates.list().map(({ hash }) => hash)).toEqual([hashPayload(whole.payload)])
    expect(new Set(later.damaged)).toEqual(new Set([lost, changed].map(({ payload }) => hashPayload(payload))))
  })

  it('do nothing if the log cannot be written, and the same act can be tried again', async () => {
    const authority = await open()
    const jws = await authority.draft()
    authority.breakDisk()
    await expect(authority.approve(jws)).rejects.toThrow('no space')
    expect(authority.mandates.list().map(({ state }) => state)).toEqual(['DRAFTED'])
    expect((await authority.approve(jws)).state).toBe('APPROVED')
  })

  it('write one entry for an act that is handed in twice', async () => {
    const authority = await open()
    const jws = await authority.draft()
    const approved = await signMandate(jws, beto.key, 'approver')
    const revoked = await signRevocation(revocationOf(jws), beto.key)
    for (const _ of [1, 2]) await authority.hand('draft', ana, jws)
    for (const _ of [1, 2]) expect((await authority.hand('approve', beto, approved)).state).toBe('APPROVED')
    for (const _ of [1, 2]) expect((await authority.hand('revoke', beto, revoked)).state).toBe('REVOKED')
    expect((await authority.entries()).filter(({ kind }) => kind.startsWith('mandate'))).toHaveLength(3)
  })

  it('take acts one after another, so that two at once cannot both win', async () => {
    const authority = await open()
    const jws = await authority.draft()
    // Signed before: signatures end in any order, and the acts are to be handed in by this one.
    const approved = await signMandate(jws, beto.key, 'approver')
    const revoked = await signRevocation(revocationOf(jws), beto.key)
    const results = await Promise.allSettled([
      authority.hand('approve', beto, approved),
      authority.hand('revoke', beto, revoked),
      authority.hand('approve', beto, approved),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(authority.mandates.list().map(({ state }) => state)).toEqual(['REVOKED'])
  })
})

describe('an act on a mandate is refused', () => {
  const strange = newPersonalKey()
  const cases: readonly (readonly [string, string, (authority: Authority) => Promise<unknown>])[] = [
    ['a draft that is no document', 'DOCUMENT_INVALID', ({ hand }) => hand('draft', ana, '{}')],
    [
      'a draft with two signatures',
      'DOCUMENT_INVALID',
      async ({ hand, documentFor }) =>
        hand(
          'draft',
          ana,
          await signMandate(await signMandate(documentFor(), ana.key, 'drafter'), beto.key, 'approver'),
        ),
    ],
    [
      'a draft of somebody who may not',
      'NOT_ALLOWED',
      async ({ hand, documentFor, hashes }) =>
        hand('draft', officer, await signMandate(documentFor({ drafter: hashes.olga }), officer.key, 'drafter')),
    ],
    [
      'a draft of an approver',
      'NOT_ALLOWED',
      async ({ hand, documentFor, hashes }) =>
        hand('draft', carla, await signMandate(documentFor({ drafter: hashes.other }), carla.key, 'drafter')),
    ],
    [
      'a draft that names another drafter',
      'NOT_THE_PERSON_NAMED',
      async ({ hand, documentFor, hashes }) =>
        hand('draft', ana, await signMandate(documentFor({ drafter: hashes.other }), ana.key, 'drafter')),
    ],
    [
      'a draft that somebody else hands in',
      'NOT_THE_PERSON_NAMED',
      async ({ hand, documentFor }) =>
        hand('draft', { ...ana, subject: 'eva' }, await signMandate(documentFor(), ana.key, 'drafter')),
    ],
    [
      'a draft of another authority',
      'NOT_OF_THIS_AUTHORITY',
      ({ draft }) => draft({ issuer: 'https://authority.hn.example' }),
    ],
    ['a draft for another country', 'NOT_OF_THIS_AUTHORITY', ({ draft }) => draft({ country: 'HN' })],
    [
      'a draft with an approver whom nobody knows',
      'PERSON_UNKNOWN',
      ({ draft }) => draft({ approver: 'x'.repeat(43) }),
    ],
    [
      'a draft with an officer whom nobody knows',
      'PERSON_UNKNOWN',
      ({ draft }) => draft({ officers: [{ hash: 'x'.repeat(43) }] }),
    ],
    ['a draft from the future', 'ISSUED_AT_OTHER_TIME', ({ draft }) => draft({ issued: ISSUED_S + 66 })],
    ['a draft of last month', 'ISSUED_AT_OTHER_TIME', ({ draft }) => draft({ issued: ISSUED_S - 31 * 86_400 })],
    [
      'a draft whose last day is over',
      'OVER',
      ({ draft }) => draft({ issued: ISSUED_S - 2 * 86_400, not_after: '2026-11-25' }),
    ],
    [
      'a draft of 181 days',
      'DOCUMENT_INVALID',
      async ({ hand, documentFor }) => {
        const good = await signMandate(documentFor(), ana.key, 'drafter')
        return hand('draft', ana, {
          ...good,
          payload: Buffer.from(JSON.stringify(documentFor({ not_after: '2027-05-27' }))).toString('base64url'),
        })
      },
    ],
    [
      'another document with the same id',
      'ID_TAKEN',
      async ({ draft, documentFor }) => {
        const document = documentFor()
        await draft(document)
        return draft({ ...document, countries: ['PA'] })
      },
    ],
    [
      'the draft of a mandate that is approved',
      'ID_TAKEN',
      async ({ draft, approve, hand }) => {
        const jws = await draft()
        await approve(jws)
        return hand('draft', ana, jws)
      },
    ],
    [
      'a draft with the key of another person',
      'KEY_OF_OTHER',
      async ({ draft, approve, hand, documentFor }) => {
        await approve(await draft())
        return hand('draft', ana, await signMandate(documentFor(), beto.key, 'drafter'))
      },
    ],
    [
      'the 51st draft that waits',
      'TOO_MANY_DRAFTS',
      async ({ draft }) => {
        for (let at = 0; at < 50; at++) await draft()
        return draft()
      },
    ],
    [
      'an approval of one signature',
      'DOCUMENT_INVALID',
      async ({ draft, hand }) => hand('approve', beto, await draft()),
    ],
    [
      'an approval with a key that is not in the settings',
      'DOCUMENT_INVALID',
      async ({ draft, hand }) => hand('approve', beto, await signMandate(await draft(), strange, 'approver')),
    ],
    [
      'an approval of a mandate that was never drafted',
      'MANDATE_UNKNOWN',
      async ({ approve, documentFor }) => approve(await signMandate(documentFor(), ana.key, 'drafter')),
    ],
    [
      'an approval under another drafter’s signature',
      'NOT_DRAFTED',
      async ({ draft, approve, documentFor }) => {
        const document = documentFor()
        await draft(document)
        return approve(await signMandate(document, strange, 'drafter'))
      },
    ],
    [
      'an approval by somebody who may not',
      'NOT_ALLOWED',
      async ({ draft, hand }) =>
        hand('approve', { ...officer, subject: 'beto' }, await signMandate(await draft(), beto.key, 'approver')),
    ],
    [
      'an approval by another approver than the one named',
      'NOT_THE_PERSON_NAMED',
      async ({ draft, approve }) => approve(await draft(), carla),
    ],
    [
      'an approval that another approver hands in',
      'NOT_THE_PERSON_NAMED',
      async ({ draft, hand }) => hand('approve', carla, await signMandate(await draft(), beto.key, 'approver')),
    ],
    [
      'an approval by the drafter, who may also approve',
      'SAME_PERSON',
      async ({ draft, hand }) =>
        hand('approve', { ...ana, ...APPROVING }, await signMandate(await draft(), beto.key, 'approver')),
    ],
    [
      'an approval with the drafter’s key',
      'DOCUMENT_INVALID',
      async ({ draft, hand }) => hand('approve', beto, await signMandate(await draft(), ana.key, 'approver')),
    ],
    [
      'an approver whose agency and role the mandate names',
      'NAMED_IN_MANDATE',
      async ({ draft, approve }) => approve(await draft({ officers: [OFFICER_POST, APPROVING] })),
    ],
    [
      'an approver whose other post the mandate names',
      'NOT_ALLOWED',
      async ({ draft, hand }) =>
        hand('approve', { ...beto, ...OFFICER_POST }, await signMandate(await draft(), beto.key, 'approver')),
    ],
    [
      'an approver whom the mandate names by hash',
      'DOCUMENT_INVALID',
      async ({ hand, documentFor, hashes }) =>
        hand('draft', ana, await signForged(documentFor({ officers: [{ hash: hashes.approver }] }))),
    ],
    [
      'an approval after the last day',
      'OVER',
      async ({ draft, approve, clock }) => {
        const jws = await draft({ not_after: '2026-11-28' })
        clock.ms = Date.parse('2026-11-29T06:00:00Z')
        return approve(jws)
      },
    ],
    [
      'an approval of a draft that was withdrawn',
      'REVOKED',
      async ({ draft, revoke, approve }) => {
        const jws = await draft()
        await revoke(jws, ana)
        return approve(jws)
      },
    ],
    [
      'the approval of a revoked mandate once more',
      'REVOKED',
      async ({ draft, revoke, approve }) => {
        const jws = await draft()
        await approve(jws)
        await revoke(jws)
        return approve(jws)
      },
    ],
    [
      'the draft of a revoked mandate once more',
      'ID_TAKEN',
      async ({ draft, revoke, hand }) => {
        const jws = await draft()
        await revoke(jws)
        return hand('draft', ana, jws)
      },
    ],
    [
      'an approval with a key that another person used',
      'KEY_OF_OTHER',
      async ({ draft, approve, hand, hashes }) => {
        await approve(await draft())
        const jws = await draft({ approver: hashes.other })
        return hand('approve', carla, await signMandate(jws, beto.key, 'approver'))
      },
    ],
    [
      'a draft with a suspended key',
      'KEY_SUSPENDED',
      ({ draft, suspended }) => {
        suspended.add(ana.kid)
        return draft()
      },
    ],
    [
      'an approval with a suspended key',
      'KEY_SUSPENDED',
      async ({ draft, approve, suspended }) => {
        const jws = await draft()
        suspended.add(beto.kid)
        return approve(jws)
      },
    ],
    [
      'a revocation with a suspended key',
      'KEY_SUSPENDED',
      async ({ draft, revoke, suspended }) => {
        const jws = await draft()
        suspended.add(beto.kid)
        return revoke(jws)
      },
    ],
    [
      'a revocation by somebody who may not',
      'NOT_ALLOWED',
      async ({ draft, revoke }) => revoke(await draft(), officer),
    ],
    [
      'a revocation by a person without a hash',
      'PERSON_UNKNOWN',
      async ({ draft, revoke }) => revoke(await draft(), await newPerson('eva', APPROVING)),
    ],
    [
      'a revocation of an unknown mandate',
      'MANDATE_UNKNOWN',
      async ({ draft, revoke }) => revoke(await draft(), beto, { mandate: 'x'.repeat(43) }),
    ],
    [
      'a revocation from the future',
      'ISSUED_AT_OTHER_TIME',
      async ({ draft, revoke }) => revoke(await draft(), beto, { issued: ISSUED_S + 100 }),
    ],
    [
      'a revocation of last month',
      'ISSUED_AT_OTHER_TIME',
      async ({ draft, revoke }) => revoke(await draft(), beto, { issued: ISSUED_S - 31 * 86_400 }),
    ],
    [
      'a revocation with another’s key',
      'KEY_OF_OTHER',
      async ({ draft, hand }) => {
        const jws = await draft()
        return hand('revoke', beto, await signRevocation(revocationOf(jws), ana.key))
      },
    ],
    [
      'a mandate in place of its revocation',
      'DOCUMENT_INVALID',
      async ({ draft, hand }) => hand('revoke', ana, await draft()),
    ],
    [
      'hashes for somebody who may not have them',
      'NOT_ALLOWED',
      ({ mandates }) => mandates.act(officer, { act: 'name', token: TOKEN, subjects: ['ana'] }),
    ],
  ]

  /** Signs what the maker refuses to encode. */
  async function signForged(document: MandateDocument): Promise<PersonalJws> {
    const good = await signMandate({ ...document, officers: [OFFICER_POST] }, ana.key, 'drafter')
    return { ...good, payload: Buffer.from(JSON.stringify(document)).toString('base64url') }
  }

  it.each(cases)('%s: %s, with an entry', async (_, reason, act) => {
    const authority = await open()
    await expect(act(authority)).rejects.toThrow(new RegExp(`^${reason}: .*expected`))
    expect((await authority.entries()).at(-1)).toMatchObject({ kind: 'mandate-refusal', reason })
  })
})
