/** Another part than the gateway is captured: an authority, a login provider or a node. What it sends goes through a gateway that sends all it is given. */
import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import { countryClaims, signCountryToken } from '../../../contract/trust/country-token/testing.ts'
import { sha256Url } from '../../../contract/trust/digest.ts'
import { signGivenIds } from '../../../contract/trust/given-ids.ts'
import { createTestSession } from '../../../contract/trust/question-statement/testing.ts'
import { describeCertificate, readCertificates } from '../../../service/certificates/read-certificates.ts'
import { GATEWAY_ADDRESS } from '../../authority/world.ts'
import { mandateClaim, type TestMandate } from '../../country-tokens/test-mandates.ts'
import type { Captor, LegParts, Tried } from '../captor.ts'
import { type Kept, nowS } from '../kept.ts'
import { jtiOf, toNodeKey } from '../node-keys.ts'
import { dayAfter } from '../officers.ts'
import { type Act, counted, type Expected, refused } from './act.ts'

const AT_GT = refused('CALLER_NOT_VERIFIED', 'GT')
const ANSWERED_BY_GT: Expected = { where: 'GT', code: 'ANSWERED', log: 'leg' }

interface Forged {
  readonly claims?: object
  readonly mandate?: TestMandate
  /** Changes the mandate's claim in the token. */
  readonly named?: object
  readonly proof?: (proof: Readonly<Record<string, unknown>>) => unknown
  readonly leg?: LegParts
  /** Writes the token, if not the authority does it. */
  readonly write?: (claims: object) => string | Promise<string>
}

/** A leg to Guatemala for an officer whom Honduras's authority makes up, with a key and a question that it makes up too. */
export async function forge({ world }: Captor, forged: Forged): Promise<LegParts> {
  const { owned, legKey, certificates } = world
  const { mandate = owned.mandate } = forged
  const session = createTestSession('EdDSA')
  const [accessToken, iat] = [`false ${randomUUID()}`, nowS()]
  const ath = sha256Url(accessToken)
  const variables = { id: 'GT:P-1' }
  const document = 'query ($id: ID!) { person(id: $id) { id names { full } identifiers { value } } }'
  const { jwt, disclosures } = session.ask({ aud: GATEWAY_ADDRESS, iat, ath, document, variables, countries: ['GT'] })
  const [certificate] = readCertificates(certificates.gateway.cert).map(describeCertificate)
  const claims = countryClaims({
    ...{ iss: owned.issuer, aud: 'GT', iat, exp: iat + 300, jti: randomUUID(), sub: `false-${randomUUID()}` },
    ...{ scope: 'person:read person:identifiers', org: { country: 'HN', agency: 'HN-MP', role: 'prosecutor' } },
    mandate: { ...mandateClaim(mandate), ...forged.named },
    cnf: { jkt: legKey.thumbprint, 'x5t#S256': certificate?.hash },
    ...{ caller_jkt: session.thumbprint, caller_ath: ath, question: jtiOf(jwt), caller_iss: owned.issuer },
    ...forged.claims,
  })
  const proof = await mandate.prove()
  const of: Kept = {
    ...{ accessToken, jwt, disclosures, document, session: null, countryTokens: {} },
    proof: forged.proof === undefined ? proof : forged.proof(proof),
    leg: { scope: 'person:read person:identifiers', grounds: { purpose: 'INVESTIGATION' } },
  }
  const countryToken = await (forged.write?.(claims) ?? signCountryToken(claims, owned.key))
  return { of, to: 'GT', countryToken, variables, ...forged.leg }
}

const falsely = (title: string, signed: Expected, make: (captor: Captor) => Forged | Promise<Forged>): Act => ({
  ...{ title, row: null, signed },
  attack: async (captor) => captor.leg(await forge(captor, await make(captor))),
})

const withMandate =
  (changes: Parameters<Captor['world']['owned']['mandates']['make']>[0], how?: 'approved by a stranger') =>
  async ({ world }: Captor): Promise<Forged> => {
    const officers = [{ agency: 'HN-MP', role: 'prosecutor' }]
    return { mandate: await world.owned.mandates.make({ country: 'HN', officers, ...changes }, how) }
  }

/** What a captured authority says. */
export const AUTHORITY: readonly Act[] = [
  falsely('a false officer on a mandate that exists', ANSWERED_BY_GT, () => ({})),
  falsely('a false officer of an agency that the country has not listed', AT_GT, async (captor) => ({
    ...(await withMandate({ officers: [{ agency: 'HN-PN', role: 'prosecutor' }] })(captor)),
    claims: { org: { country: 'HN', agency: 'HN-PN', role: 'prosecutor' } },
  })),
  falsely('a false officer of another country', AT_GT, () => ({
    claims: { org: { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' } },
  })),
  falsely('a false officer whom no mandate names', AT_GT, () => ({
    claims: { org: { country: 'HN', agency: 'HN-MP', role: 'analyst' } },
  })),
  falsely('scopes beyond the mandate', refused('REFUSED_BY_NODE', 'GT'), () => ({
    leg: { query: 'query($id:ID!){person(id:$id){identifiers{value}}}' },
  })),
  falsely('another task force than the mandate’s', AT_GT, () => ({ named: { task_force: 'jtf-2' } })),
  falsely('a purpose beyond the mandate', AT_GT, () => ({ named: { purposes: ['INVESTIGATION', 'PROSECUTION'] } })),
  falsely('a later last day than the mandate’s', AT_GT, () => ({ named: { not_after: '2099-12-31' } })),
  falsely('a token for another gateway', AT_GT, () => ({ claims: { act: { sub: 'other' } } })),
  falsely('a token for another leg key', AT_GT, ({ world: { oldLegKey } }) => ({
    claims: { cnf: { jkt: oldLegKey.thumbprint } },
  })),
  falsely('a token that lives for an hour', AT_GT, () => ({
    claims: { exp: nowS() + 3_600 },
  })),
  falsely('a mandate that does not name the country', AT_GT, withMandate({ countries: ['HN', 'SV'] })),
  falsely('a mandate that is over', AT_GT, withMandate({ issued: nowS() - 20 * 86_400, not_after: dayAfter(-3) })),
  falsely('a mandate that has not begun', AT_GT, withMandate({ issued: nowS() + 3_600 })),
  falsely('a mandate of another country', AT_GT, withMandate({ country: 'GT' })),
  falsely('a mandate of another authority', AT_GT, withMandate({ issuer: 'https://authority.gt.example' })),
  falsely('a mandate that its own key approved', AT_GT, withMandate({}, 'approved by a stranger')),
  falsely('a backdated mandate, put into a tree that a witness had cosigned before', AT_GT, async ({ world }) => {
    const { mandates, mandate } = world.owned
    const { checkpoint, size } = await mandate.prove()
    const late = await mandates.make({ country: 'HN', issued: nowS() - 30 * 86_400 })
    return { mandate: late, proof: (proof) => ({ ...proof, checkpoint, size }) }
  }),
  falsely('a mandate that it shows to one country and to no witness', AT_GT, async (captor) => ({
    ...(await withMandate({})(captor)),
    proof: ({ checkpoint, ...rest }) => ({ ...rest, checkpoint: withoutWitness(String(checkpoint)) }),
  })),
]

function withoutWitness(checkpoint: string): string {
  const lines = checkpoint.split('\n')
  return lines.filter((line) => !line.includes('witness.hn.example')).join('\n')
}

const AT_AUTHORITY: Expected = { where: 'authority', code: 'ANSWERED', log: 'grant' }
const REFUSED_THERE = (code: string): Expected => ({ where: 'authority', code, log: 'refusal' })
const org = (role: string) => ({ org: { agency: 'GT-MP-FECO', role } })

/** What a captured login provider says. */
export const PROVIDER: readonly Act[] = [
  {
    title: 'an officer who never logged in',
    ...{ row: null, signed: AT_AUTHORITY },
    attack: ({ logIn }) => logIn({ sub: 'never', ...org('judge') }),
  },
  {
    title: 'an officer without a mandate',
    ...{ row: null, signed: REFUSED_THERE('MANDATE_NONE') },
    attack: ({ logIn }) => logIn({ sub: 'nobody', ...org('director') }),
  },
  {
    title: 'an officer who logged in to another tool',
    ...{ row: null, signed: REFUSED_THERE('SUBJECT_TOKEN_OF_OTHER') },
    attack: ({ logIn }) => logIn({ azp: 'mail', ...org('judge') }),
  },
  {
    title: 'an access token of its own',
    ...{ row: null, signed: REFUSED_THERE('SUBJECT_TOKEN_INVALID') },
    async attack({ world, exchange, keptOf }) {
      const { accessToken } = keptOf('judge')
      const { provider, signingKid } = world.officers.files
      const forged = await signCountryToken(
        decodeJwt(accessToken),
        { ...provider, publicJwk: provider.jwk },
        { typ: 'at+jwt', kid: signingKid },
      )
      return exchange({ form: { subject_token: forged } })
    },
  },
  {
    title: 'a country token of its own',
    ...{ row: null, signed: refused('CALLER_NOT_VERIFIED') },
    async attack({ world, leg, keptOf }) {
      const { provider, signingKid } = world.officers.files
      const claims = decodeJwt(keptOf('judge').countryTokens.HN ?? '')
      const key = { ...provider, publicJwk: provider.jwk }
      return leg({ of: keptOf('judge'), countryToken: await signCountryToken(claims, key, { kid: signingKid }) })
    },
  },
]

/** What Guatemala's node says that it gave, at Honduras's node. */
async function give({ world, kept, leg }: Captor, ids: readonly string[], over = {}, parts = {}): Promise<Tried> {
  const key = await toNodeKey(world.nodeKeys.GT)
  const given = signGivenIds({ country: 'GT', question: jtiOf(kept.jwt), ids: [...ids], iat: nowS(), ...over }, key)
  const query =
    'query($representations:[_Any!]!){_entities(representations:$representations){...on Person{id names{full}}}}'
  const representations = ids.map((id) => ({ __typename: 'Person', id }))
  return leg({ query, variables: { representations }, given: [given], ...parts })
}

const NOT_OF_QUESTION = refused('LEG_NOT_OF_QUESTION')

/** What a captured node says to another country. */
export const NODE: readonly Act[] = [
  {
    title: 'an id of the other country that it never had, as given to a running question',
    ...{
      row: null,
      signed: { where: 'HN', code: 'ANSWERED', log: 'leg' },
      attack: (captor) => give(captor, ['HN:P-8']),
    },
  },
  {
    title: 'such an id with a field that the officer did not ask for',
    ...{ row: null, signed: NOT_OF_QUESTION },
    attack: (captor) =>
      give(
        captor,
        ['HN:P-8'],
        {},
        {
          query:
            'query($representations:[_Any!]!){_entities(representations:$representations){...on Person{birthDate}}}',
        },
      ),
  },
  {
    title: 'an id that it gave to another question',
    ...{ row: null, signed: NOT_OF_QUESTION, attack: (captor) => give(captor, ['HN:P-7'], { question: randomUUID() }) },
  },
  {
    title: 'an id in the name of another country',
    ...{ row: null, signed: NOT_OF_QUESTION, attack: (captor) => give(captor, ['HN:P-7'], { country: 'SV' }) },
  },
  {
    title: 'an id of yesterday',
    ...{ row: null, signed: NOT_OF_QUESTION, attack: (captor) => give(captor, ['HN:P-7'], { iat: nowS() - 86_400 }) },
  },
  {
    title: 'a leg that it got, sent on with its own certificate',
    ...{ row: null, signed: { where: 'HN', code: 'CLOSED', log: 'count' } },
    attack: ({ kept, leg }) =>
      leg({ countryToken: kept.countryTokens.GT ?? '', claims: { aud: 'GT' }, certificate: 'node' }),
  },
  {
    title: 'a leg that it got, sent on with another certificate',
    ...{ row: null, signed: counted('CALLER_NOT_VERIFIED') },
    attack: ({ kept, leg }) =>
      leg({ countryToken: kept.countryTokens.GT ?? '', claims: { aud: 'GT' }, certificate: 'own' }),
  },
]
