/** Who asks, and on which mandate: what a captured gateway tries to say of itself. */

import { decodeJwt } from 'jose'
import { signCountryToken } from '../../../contract/trust/country-token/testing.ts'
import { sha256Url } from '../../../contract/trust/digest.ts'
import type { Captor, LegParts } from '../captor.ts'
import { keepOfficer, nowS, signStatement } from '../kept.ts'
import { type Act, counted, exchange, leg, noToken, ROWS, refused, shownTo } from './act.ts'

const NOT_VERIFIED = refused('CALLER_NOT_VERIFIED')

const INVENTED = {
  ...{ sub: 'officer-7', caller_iss: 'https://authority.gt.example', org: { country: 'GT', agency: 'GT-MP-FECO' } },
  mandate: {
    ...{ type: 'istmo_mandate', task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'] },
    ...{ countries: ['HN'], not_after: '2099-12-31' },
  },
}

/** The officer's country token with other claims under the authority's signature. */
function rewritten({ kept }: Captor, change: (claims: object) => object): LegParts {
  const [header = '', payload = '', signature = ''] = (kept.countryTokens.HN ?? '').split('.')
  const claims = change(JSON.parse(Buffer.from(payload, 'base64url').toString()))
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return { countryToken: `${header}.${body}.${signature}` }
}

/** A country token that the gateway signs itself. */
async function selfSigned({ kept, world }: Captor): Promise<LegParts> {
  const { legKey, officers } = world
  const claims = decodeJwt(kept.countryTokens.HN ?? '')
  const key = { ...legKey, publicJwk: legKey.jwk }
  return { countryToken: await signCountryToken(claims, key, { kid: officers.files.signingKid }) }
}

/** What somebody asks who is not there. */
export const CALLERS: readonly Act[] = [
  {
    title: 'a caller that does not exist',
    ...{ row: ROWS.caller, signed: NOT_VERIFIED },
    attack: leg({ countryToken: null, claims: INVENTED, statement: null }),
  },
  {
    title: 'a caller that does not exist, beside the token of an officer',
    ...{ row: ROWS.caller, signed: NOT_VERIFIED },
    attack: leg({ claims: { ...INVENTED, ct: sha256Url('x') } }),
  },
  {
    title: 'a caller whose token the gateway signed itself',
    ...{ row: ROWS.caller, signed: NOT_VERIFIED, attack: leg(selfSigned) },
  },
  {
    title: 'a caller by the token that the gateway was to exchange',
    ...{ row: ROWS.caller, signed: NOT_VERIFIED },
    attack: leg(({ kept }) => ({ countryToken: kept.accessToken })),
  },
  {
    title: 'a leg that names a token and does not show it',
    ...{ row: ROWS.caller, signed: NOT_VERIFIED },
    attack: leg(({ kept }) => ({ countryToken: null, claims: { ct: sha256Url(kept.countryTokens.HN ?? '') } })),
  },
  {
    title: 'a token beside a leg of no token',
    ...{ row: ROWS.caller, signed: NOT_VERIFIED },
    attack: leg({ claims: { ct: undefined, sub: 'anonymous' } }),
  },
  {
    title: 'what has a rule, for nobody',
    ...{ row: ROWS.caller, signed: refused('REFUSED_BY_NODE') },
    attack: leg({
      countryToken: null,
      statement: null,
      claims: { sub: 'anonymous', scope: 'person:read', grounds: undefined },
    }),
  },
  {
    title: 'a caller who logged out six minutes ago, by a kept country token',
    ...{ row: ROWS.caller, signed: NOT_VERIFIED },
    attack: leg(({ keptOf }) => ({ of: keptOf('gone'), claims: { exp: nowS() + 60 } })),
  },
  {
    title: 'a caller who logged out, by the access token that the gateway kept',
    ...{ row: ROWS.caller, signed: noToken('SUBJECT_TOKEN_INVALID') },
    async attack({ world, exchange: send, keptOf }) {
      world.officers.aheadS = 700
      return send({ of: keptOf('judge') }).finally(() => {
        world.officers.aheadS = 0
      })
    },
  },
  {
    title: 'a leg that outlives its country token',
    ...{ row: ROWS.caller, signed: NOT_VERIFIED },
    // It ends in 55 seconds, and a leg token may live for 60.
    attack: leg(async ({ world }) => ({
      of: await keepOfficer(world, 'prosecutor', 245),
      claims: { exp: nowS() + 60 },
    })),
  },
]

/** What somebody asks beyond the officer's rights. */
export const RIGHTS: readonly Act[] = [
  {
    title: 'another scope, in the leg token',
    ...{ row: ROWS.rights, signed: refused('REFUSED_BY_NODE') },
    attack: leg(({ keptOf }) => ({
      of: keptOf('judge'),
      query: 'query($id:ID!){person(id:$id){identifiers{value}}}',
      claims: { scope: 'person:read person:identifiers' },
    })),
  },
  {
    title: 'another scope, at the exchange',
    ...{ row: ROWS.rights, signed: noToken('SCOPE_NOT_ALLOWED') },
    attack: exchange({ scope: 'person:read person:identifiers' }),
  },
  {
    title: 'another scope, written into the country token',
    ...{ row: ROWS.rights, signed: NOT_VERIFIED },
    attack: leg((captor) => rewritten(captor, (claims) => ({ ...claims, scope: 'person:read person:identifiers' }))),
  },
  {
    title: 'another purpose',
    ...{ row: ROWS.rights, signed: NOT_VERIFIED },
    attack: leg({ claims: { grounds: { purpose: 'PROSECUTION' } } }),
  },
  {
    title: 'a case that the mandate lacks',
    ...{ row: ROWS.rights, signed: NOT_VERIFIED },
    attack: leg(({ kept }) => ({ claims: { grounds: { ...(kept.leg.grounds as object), case: 'SV:C-1' } } })),
  },
  {
    title: 'a legal basis that the mandate lacks',
    ...{ row: ROWS.rights, signed: NOT_VERIFIED },
    attack: leg({ claims: { grounds: { purpose: 'INVESTIGATION', legalBasis: ['UN:1'] } } }),
  },
  {
    title: 'another task force',
    ...{ row: ROWS.rights, signed: NOT_VERIFIED },
    attack: leg((captor) =>
      rewritten(captor, (claims) => {
        const { mandate } = claims as { readonly mandate: object }
        return { ...claims, mandate: { ...mandate, task_force: 'jtf-2' } }
      }),
    ),
  },
  {
    title: 'a country token of Honduras at Guatemala',
    ...{ row: ROWS.rights, signed: refused('CALLER_NOT_VERIFIED', 'GT') },
    attack: leg(({ kept }) => ({ to: 'GT', countryToken: kept.countryTokens.HN ?? '' })),
  },
  {
    title: 'a leg to Honduras at Guatemala',
    ...{ row: ROWS.rights, signed: counted('REFUSED_BY_NODE', 'GT') },
    attack: leg({ to: 'GT', claims: { aud: 'HN' } }),
  },
  {
    title: 'a country that the officer did not disclose',
    ...{ row: ROWS.rights, signed: noToken('COUNTRY_NOT_DISCLOSED') },
    attack: ({ exchange: send, keptOf }) =>
      send({ of: keptOf('judge'), form: { audience: 'GT', question: signStatement(keptOf('judge')) } }),
  },
  {
    title: 'a country outside the mandate',
    ...{ row: ROWS.rights, signed: noToken('AUDIENCE_NOT_ALLOWED') },
    attack: exchange({ audience: 'MX' }),
  },
]

/** A proof with something taken away. */
const withProof =
  (change: (proof: Proof) => object) =>
  ({ keptOf }: Captor): LegParts => ({ of: keptOf('analyst'), proof: change(keptOf('analyst').proof as Proof) })

interface Proof {
  readonly document: { readonly signatures: readonly object[] }
  readonly checkpoint: string
}

/** What somebody asks on a mandate that is none. */
export const MANDATES: readonly Act[] = [
  {
    title: 'a mandate whose last day is over',
    ...{ row: ROWS.mandate, signed: NOT_VERIFIED },
    attack: leg(({ keptOf }) => ({ of: keptOf('retired') })),
  },
  {
    title: 'a mandate that has ended, at the exchange',
    ...{ row: ROWS.mandate, signed: noToken('MANDATE_ENDED') },
    async attack({ world, exchange: send, keptOf }) {
      const { hash } = world.officers.mandateOf.retired
      world.officers.ended.add(hash)
      return send({ of: keptOf('retired'), form: { question: shownTo('HN', keptOf('retired')) } })
    },
  },
  {
    title: 'a mandate with one signature',
    ...{ row: ROWS.mandate, signed: NOT_VERIFIED },
    attack: leg(
      withProof((proof) => ({
        ...proof,
        document: { ...proof.document, signatures: proof.document.signatures.slice(0, 1) },
      })),
    ),
  },
  {
    title: 'a mandate without its proof',
    ...{ row: ROWS.mandate, signed: counted('MANDATE_UNKNOWN') },
    attack: leg(({ keptOf }) => ({ of: keptOf('analyst'), proof: null })),
  },
  {
    title: 'a mandate with the proof of another one',
    ...{ row: ROWS.mandate, signed: NOT_VERIFIED },
    attack: leg(({ keptOf, kept }) => ({ of: keptOf('analyst'), proof: kept.proof })),
  },
  {
    title: 'a mandate in a tree that no witness saw',
    ...{ row: ROWS.mandate, signed: NOT_VERIFIED },
    attack: leg(
      withProof((proof) => ({
        ...proof,
        checkpoint: proof.checkpoint
          .split('\n')
          .filter((line) => !line.includes('witness.hn.example'))
          .join('\n'),
      })),
    ),
  },
]
