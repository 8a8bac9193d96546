import fc from 'fast-check'
import { generalVerify, importJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  MANDATE_TYPE,
  type MandateDocument,
  mandateHash,
  mandateTime,
  signMandate,
  verifyMandate,
  verifyMandateDraft,
} from './mandate-document.ts'
import { type PersonalJws, type PersonalPrivateKey, thumbprintOf, toPublicKey } from './personal-jws.ts'
import { ISSUED_S, newPersonalKey, SAMPLE_MANDATE, signByBoth, signRaw } from './testing.ts'

const ana = newPersonalKey()
const beto = newPersonalKey('P-256')
const carla = newPersonalKey()
const approvers = new Set([await thumbprintOf(beto)])
const DAY_S = 86_400

/** Signs a payload's text as drafter and approver would, whatever it says. */
async function signText(text: string, by: readonly [PersonalPrivateKey, PersonalPrivateKey] = [ana, beto]) {
  const drafter = await signRaw(text, by[0], { typ: MANDATE_TYPE, role: 'drafter' })
  const approver = await signRaw(text, by[1], { typ: MANDATE_TYPE, role: 'approver' })
  return { payload: drafter.payload, signatures: [drafter, approver].map(({ payload: _, ...rest }) => rest) }
}
const signMembers = (members: object) => signText(JSON.stringify({ ...SAMPLE_MANDATE, ...members }))

/** Signs the sample with other headers in the approver's signature. */
async function signWithHeader(header: object, key = beto) {
  const { payload, signatures } = await signText(JSON.stringify(SAMPLE_MANDATE))
  const { payload: _, ...other } = await signRaw(JSON.stringify(SAMPLE_MANDATE), key, {
    typ: MANDATE_TYPE,
    role: 'approver',
    ...header,
  })
  return { payload, signatures: [signatures[0], other] }
}

const signed = await signByBoth(SAMPLE_MANDATE, ana, beto)
const [first, second] = signed.signatures
const flip = (text = '', at = 10) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
const recode = (text: string, change: (json: string) => string) =>
  Buffer.from(change(Buffer.from(text, 'base64url').toString('utf8'))).toString('base64url')

describe('a mandate', () => {
  it('is read with its hash and the keys of both persons, whichever curves they use', async () => {
    for (const [drafter, approver] of [
      [ana, beto],
      [beto, ana],
      [ana, carla],
    ] as const) {
      const pinned = new Set([await thumbprintOf(approver)])
      const verified = await verifyMandate(await signByBoth(SAMPLE_MANDATE, drafter, approver), pinned)
      expect(verified.document).toEqual(SAMPLE_MANDATE)
      expect(verified.hash).toBe(mandateHash(Buffer.from(JSON.stringify(SAMPLE_MANDATE))))
      expect([verified.drafterKid, verified.approverKid]).toEqual([
        await thumbprintOf(drafter),
        await thumbprintOf(approver),
      ])
    }
  })

  it('is read from its text as from its parsed form', async () => {
    expect(await verifyMandate(JSON.stringify(signed), approvers)).toEqual(await verifyMandate(signed, approvers))
  })

  it('is a JWS that another library verifies by each key', async () => {
    for (const key of [ana, beto]) {
      const alg = key.kty === 'OKP' ? 'EdDSA' : 'ES256'
      const { payload } = await generalVerify(
        { payload: signed.payload, signatures: signed.signatures.map((each) => ({ ...each })) },
        async (header: { readonly alg?: string } | undefined) => {
          if (header?.alg !== alg) throw new Error('another key')
          return importJWK(toPublicKey(key), alg)
        },
      )
      expect(JSON.parse(Buffer.from(payload).toString())).toEqual(SAMPLE_MANDATE)
    }
  })

  it('is only a draft while the approver has not signed', async () => {
    const draft = await signMandate(SAMPLE_MANDATE, ana, 'drafter')
    expect((await verifyMandateDraft(draft)).drafterKid).toBe(await thumbprintOf(ana))
    await expect(verifyMandate(draft, approvers)).rejects.toThrow(/two signatures/)
    await expect(verifyMandateDraft(signed)).rejects.toThrow(/one signature, of the drafter/)
    await expect(signMandate(signed, beto, 'approver')).rejects.toThrow(/drafter to sign first/)
    await expect(signMandate(draft, beto, 'drafter')).rejects.toThrow(/drafter to sign first/)
    await expect(signMandate(SAMPLE_MANDATE, beto, 'approver')).rejects.toThrow(/drafter to sign first/)
  })
})

describe('a bad mandate', () => {
  const cases: readonly (readonly [string, RegExp, () => unknown])[] = [
    ['one signature', /two signatures/, () => ({ ...signed, signatures: [second] })],
    ['no signature', /signatures/, () => ({ ...signed, signatures: [] })],
    ['three signatures', /signatures/, () => ({ ...signed, signatures: [first, second, second] })],
    ['the approver’s signature twice', /role drafter/, () => ({ ...signed, signatures: [second, second] })],
    ['the drafter’s signature twice', /role approver/, () => ({ ...signed, signatures: [first, first] })],
    ['one key in both roles', /two different keys/, () => signText(JSON.stringify(SAMPLE_MANDATE), [beto, beto])],
    ['swapped roles', /pinned/, () => signText(JSON.stringify(SAMPLE_MANDATE), [beto, ana])],
    ['the signature of a third person', /pinned/, () => signText(JSON.stringify(SAMPLE_MANDATE), [ana, carla])],
    ['a pinned kid with another key', /thumbprint/, async () => signWithHeader({ kid: [...approvers][0] }, carla)],
    ['a kid that is no thumbprint', /kid/, () => signWithHeader({ kid: 'approver-1' })],
    ['another typ', /typ/, () => signWithHeader({ typ: 'istmo-mandate-revocation+json' })],
    ['no typ', /typ/, () => signWithHeader({ typ: undefined })],
    ['no role', /role approver/, () => signWithHeader({ role: undefined })],
    ['another role', /role/, () => signWithHeader({ role: 'witness' })],
    ['alg none', /alg/, () => ({ ...signed, signatures: [first, swapHeader('"ES256"', '"none"')] })],
    [
      'an alg of another curve',
      /fit the key/,
      () => ({ ...signed, signatures: [first, swapHeader('"ES256"', '"EdDSA"')] }),
    ],
    ['a symmetric alg', /alg/, () => ({ ...signed, signatures: [first, swapHeader('"ES256"', '"HS256"')] })],
    ['jku', /nobody knows/, () => signWithHeader({ jku: 'https://evil.example/keys' })],
    ['x5c', /nobody knows/, () => signWithHeader({ x5c: ['MIIB'] })],
    ['x5u', /nobody knows/, () => signWithHeader({ x5u: 'https://evil.example/' })],
    ['crit', /nobody knows/, () => signWithHeader({ crit: ['b64'], b64: true })],
    ['b64', /nobody knows/, () => signWithHeader({ b64: true })],
    ['a private key in the header', /nobody knows/, () => signWithHeader({ jwk: { ...beto } })],
    ['a nonce in the header', /nobody knows/, () => signWithHeader({ nonce: '1' })],
    [
      'a member twice in a header',
      /protected header/,
      async () => ({
        ...signed,
        signatures: [
          first,
          { ...second, protected: recode(second?.protected ?? '', (json) => json.replace('{', '{"role":"drafter",')) },
        ],
      }),
    ],
    [
      'an unprotected header',
      /nobody knows/,
      () => ({ ...signed, signatures: [first, { ...second, header: { role: 'approver' } }] }),
    ],
    ['an unprotected header for all', /nobody knows/, () => ({ ...signed, header: {} })],
    ['the flattened form', /signatures/, () => ({ payload: signed.payload, ...second })],
    ['the compact form', /JWS in JSON/, () => `${second?.protected}.${signed.payload}.${second?.signature}`],
    ['a list', /JWS in JSON/, () => [signed]],
    ['nothing', /JWS in JSON/, () => null],
    ['a member twice in its text', /duplicate/, () => JSON.stringify(signed).replace('{', '{"payload":"e30",')],
    [
      'a payload that was changed afterwards',
      /not valid|JSON object/,
      () => ({ ...signed, payload: recode(signed.payload, (json) => json.replace('"HN"', '"GT"')) }),
    ],
    [
      'other JSON with the same meaning',
      /not valid/,
      () => ({ ...signed, payload: recode(signed.payload, (json) => json.replace('{', '{ ')) }),
    ],
    ['a payload in base64 with padding', /base64url/, () => ({ ...signed, payload: `${signed.payload}=` })],
    [
      'a changed signature',
      /not valid/,
      () => ({ ...signed, signatures: [first, { ...second, signature: flip(second?.signature) }] }),
    ],
    [
      'a changed signature of the drafter',
      /not valid/,
      () => ({ ...signed, signatures: [{ ...first, signature: flip(first?.signature) }, second] }),
    ],
    ['an empty signature', /signature/, () => ({ ...signed, signatures: [first, { ...second, signature: '' }] })],
    [
      'a signature of zeroes',
      /not valid/,
      () => ({ ...signed, signatures: [first, { ...second, signature: 'A'.repeat(86) }] }),
    ],
    [
      'a signature from another document',
      /not valid/,
      async () => ({
        ...signed,
        signatures: [first, (await signMembers({ countries: ['SV'] })).signatures[1]],
      }),
    ],
    ['text that is not JSON', /JSON object/, () => signText('a mandate')],
    ['a byte order mark', /JSON object/, () => signText(`\ufeff${JSON.stringify(SAMPLE_MANDATE)}`)],
    [
      'a member twice in the payload',
      /duplicate/,
      () => signText(JSON.stringify(SAMPLE_MANDATE).replace('{', '{"countries":["PA"],')),
    ],
    [
      'a member twice with an escaped name',
      /duplicate/,
      () => signText(JSON.stringify(SAMPLE_MANDATE).replace('{', '{"countr\\u0069es":["PA"],')),
    ],
    ['an unknown member', /nobody knows/, () => signMembers({ note: 'x' })],
    [
      'an own __proto__',
      /nobody knows|whole/,
      () => signText(JSON.stringify(SAMPLE_MANDATE).replace('{', '{"__proto__":{"v":1},')),
    ],
    ['another version', /v: /, () => signMembers({ v: 2 })],
    ['a missing member', /scopes/, () => signMembers({ scopes: undefined })],
    ['an id of another form', /id: /, () => signMembers({ id: '919108f7-52d1-4320-9bac-f847db4148a8' })],
    ['an issuer over plain http', /issuer/, () => signMembers({ issuer: 'http://authority.gt.example' })],
    ['an issuer with a password', /issuer/, () => signMembers({ issuer: 'https://a:b@authority.gt.example' })],
    ['a country that does not exist', /country/, () => signMembers({ country: 'XX' })],
    ['no countries', /countries/, () => signMembers({ countries: [] })],
    ['a country twice', /countries/, () => signMembers({ countries: ['HN', 'HN'] })],
    ['every country', /countries/, () => signMembers({ countries: ['*'] })],
    ['an unknown purpose', /purposes/, () => signMembers({ purposes: ['CURIOSITY'] })],
    ['a scope with a space', /scopes/, () => signMembers({ scopes: ['case:read case:write'] })],
    ['a text that hides another', /task_force/, () => signMembers({ task_force: 'jtf\u202e30' })],
    ['a text that rewrites the terminal', /task_force/, () => signMembers({ task_force: 'jtf\u001b[2K' })],
    ['a line break in a text', /legal_basis/, () => signMembers({ legal_basis: ['a\nb'] })],
    ['no officers', /officers/, () => signMembers({ officers: [] })],
    [
      'an officer with two forms',
      /officers/,
      () => signMembers({ officers: [{ agency: 'A', role: 'r', hash: SAMPLE_MANDATE.drafter }] }),
    ],
    ['an agency without a role', /officers/, () => signMembers({ officers: [{ agency: 'A' }] })],
    ['one person as drafter and approver', /another person/, () => signMembers({ approver: SAMPLE_MANDATE.drafter })],
    [
      'its approver as officer',
      /none of its officers/,
      () => signMembers({ officers: [{ hash: SAMPLE_MANDATE.approver }] }),
    ],
    ['a case in the open', /case/, () => signMembers({ case: 'GT:MP001-2026-1234' })],
    ['a time in milliseconds', /issued/, () => signMembers({ issued: ISSUED_S * 1_000 })],
    ['a fraction of a second', /issued/, () => signMembers({ issued: ISSUED_S + 0.5 })],
    ['a day that the calendar lacks', /not_after/, () => signMembers({ not_after: '2027-02-30' })],
    ['a last day with a time', /not_after/, () => signMembers({ not_after: '2027-03-31T00:00:00Z' })],
    ['a last day before its issue', /came -1/, () => signMembers({ not_after: '2026-11-26' })],
    ['181 days', /came 181/, () => signMembers({ not_after: '2027-05-27' })],
    ['an unknown time zone', /time_zone/, () => signMembers({ time_zone: 'America/Atlantis' })],
    ['an offset as time zone', /time_zone/, () => signMembers({ time_zone: '-06:00' })],
    [
      'a payload of more than 16 KiB',
      /payload/,
      () => signMembers({ officers: Array.from({ length: 400 }, (_, at) => ({ hash: String(at).padStart(43, 'x') })) }),
    ],
  ]
  const swapHeader = (from: string, to: string) => ({
    ...second,
    protected: recode(second?.protected ?? '', (json) => json.replace(from, to)),
  })

  it.each(cases)('is refused because of %s', async (_, message, make) => {
    await expect(verifyMandate(await make(), approvers)).rejects.toThrow(message)
  })

  it('is refused with a message that repeats none of its values', async () => {
    const secret = 'Ana Secreta'
    for (const make of [{ country: secret }, { purposes: [secret] }, { [secret]: 1 }, { case: secret }]) {
      await expect(verifyMandate(await signMembers(make), approvers)).rejects.toThrow(/^(?!.*Secreta)/s)
    }
  })

  it('is refused whichever byte of it was changed', async () => {
    const text = JSON.stringify(signed)
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(...'AZ09_-"{}'), async (at, letter) => {
        const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`
        const result = await verifyMandate(changed, approvers).catch(() => null)
        expect(result === null || (changed === text && result !== null)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

describe('the time of a mandate', () => {
  const time = (over: Partial<MandateDocument>, now: string) =>
    mandateTime({ ...SAMPLE_MANDATE, ...over }, Date.parse(now))

  it.each([
    ['before it was issued', new Date((ISSUED_S - 6) * 1_000).toISOString(), 'NOT_YET'],
    ['while clocks differ a little', new Date((ISSUED_S - 5) * 1_000).toISOString(), 'IN_FORCE'],
    ['on its last day in Guatemala, when it is the next day in UTC', '2027-04-01T05:59:59.999Z', 'IN_FORCE'],
    ['when its last day is over in Guatemala', '2027-04-01T06:00:00Z', 'OVER'],
  ])('%s', (_, now, expected) => {
    expect(time({}, now)).toBe(expected)
  })

  it('follows summer time', () => {
    const madrid = { time_zone: 'Europe/Madrid', not_after: '2027-03-28' }
    expect(time(madrid, '2027-03-28T21:59:59Z')).toBe('IN_FORCE')
    expect(time(madrid, '2027-03-28T22:00:00Z')).toBe('OVER')
  })

  it('ends once and for all', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'UTC',
          'America/Guatemala',
          'Europe/Madrid',
          'Asia/Kolkata',
          'Pacific/Kiritimati',
          'Pacific/Apia',
        ),
        fc.integer({ min: 0, max: 200 * DAY_S }),
        fc.integer({ min: 0, max: 30 * DAY_S }),
        (time_zone, afterS, laterS) => {
          const at = (seconds: number) => mandateTime({ ...SAMPLE_MANDATE, time_zone }, (ISSUED_S + seconds) * 1_000)
          if (at(afterS) === 'OVER') expect(at(afterS + laterS)).toBe('OVER')
          // The last day begins and ends at most 14 hours before, and 12 hours after, that of UTC.
          const end = Date.parse('2027-04-01T00:00:00Z') / 1_000 - ISSUED_S
          if (afterS < end - 14 * 3_600) expect(at(afterS)).toBe('IN_FORCE')
          if (afterS >= end + 12 * 3_600) expect(at(afterS)).toBe('OVER')
        },
      ),
    )
  })

  it('lets a mandate last 180 days', async () => {
    expect((await verifyMandate(await signMembers({ not_after: '2027-05-26' }), approvers)).document.not_after).toBe(
      '2027-05-26',
    )
  })

  it('takes the day of issue from its own time zone', async () => {
    // 2026-11-28T01:00Z is the 27th in Guatemala and the 28th in UTC.
    const issued = Date.parse('2026-11-28T01:00:00Z') / 1_000
    await expect(verifyMandate(await signMembers({ issued, not_after: '2027-05-27' }), approvers)).rejects.toThrow(
      /came 181/,
    )
    await verifyMandate(await signMembers({ issued, not_after: '2027-05-27', time_zone: 'UTC' }), approvers)
  })
})

it('hides nothing from a type: the JWS has a payload and two signatures', () => {
  const jws: PersonalJws = signed
  expect(Object.keys(jws)).toEqual(['payload', 'signatures'])
})
