import { decodeJwt, type JWTPayload } from 'jose'
import { sha256Url } from '../../contract/trust/digest.ts'
import type { TestQuestion, TestSession } from '../../contract/trust/question-statement/testing.ts'
import type { KeyedCertificate } from '../../service/certificates/authority.ts'
import { createSession, exchangeForm, toolForm } from '../authority/clients.ts'
import { assertionOf, GATEWAY_ADDRESS, type Key, proofOf } from '../authority/world.ts'
import type { Country } from './land.ts'
import type { Role } from './officers.ts'
import { SMALL } from './question.ts'
import type { Certificates, World } from './world.ts'

/** What the captor has of one officer. */
export interface Kept {
  readonly accessToken: string
  /** The statement's JWT, and each disclosure by `case`, country and `$variable`. */
  readonly jwt: string
  readonly disclosures: ReadonlyMap<string, string>
  readonly document: string
  readonly countryTokens: Readonly<Partial<Record<Country, string>>>
  /** The proof of the officer's mandate. */
  readonly proof: unknown
  /** The claims of a leg token as the gateway wrote it. */
  readonly leg: JWTPayload
  /** The officer's session. Only the officer's tool has it: null, unless the tool is part of the act. */
  readonly session: TestSession | null
}

/** The officers whose tokens the captor kept: some by their role, and some by what is wrong with what they have. */
export type OfficerName = Exclude<Role, 'prosecutor'> | 'gone' | 'often' | 'stopped'

/** What a request at the token endpoint is made of. */
export interface ExchangeParts {
  readonly of?: Kept
  readonly form?: Readonly<Record<string, string | undefined>>
  readonly key?: Key
  readonly certificate?: keyof Certificates
}

export const nowS = (): number => Math.floor(Date.now() / 1_000)

/** Sends a form to the token endpoint as the gateway, with a nonce. */
export async function post(world: World, form: object, key: Key, by?: KeyedCertificate) {
  const { url } = world.officers
  const atS = nowS() + world.officers.aheadS
  const given = Object.entries(form).filter(([, value]) => value !== undefined) as [string, string][]
  const sendWith = async (nonce: string | null) => {
    const dpop = await proofOf(key, nonce, { htu: `${url}/token`, iat: atS })
    const init = { method: 'POST', body: new URLSearchParams(given), headers: { dpop } }
    const response = await world.send(`${url}/token`, init, by)
    return { response, body: (await response.json()) as Readonly<Record<string, unknown>> }
  }
  const { response } = await sendWith(null)
  return (await sendWith(response.headers.get('dpop-nonce'))).body
}

/** Exchanges an access token as the gateway does. */
export async function exchange(world: World, of: Pick<Kept, 'accessToken'>, form: object, parts: ExchangeParts = {}) {
  const { key = world.legKey, certificate = 'gateway' } = parts
  const iat = nowS() + world.officers.aheadS
  const client_assertion = await assertionOf('gw', key, { iat, exp: iat + 60 })
  const all = { ...(await exchangeForm(world.officers.files, of.accessToken)), client_assertion, ...form }
  return post(world, all, key, world.certificates[certificate])
}

/** Has an officer of a role log in and ask, and keeps what the gateway sees of it. */
async function askAs(
  world: World,
  role: Role,
  question: { readonly document: string; readonly variables: Readonly<Record<string, unknown>> },
): Promise<Kept> {
  const session = await createSession()
  const org = { agency: 'GT-MP-FECO', role }
  const iat = nowS() + world.officers.aheadS
  const claims = { sub: `officer-${role}`, org, iat, exp: iat + 3_600 }
  const form = await toolForm(world.officers.files, {}, claims)
  const accessToken = String((await post(world, form, session.proofKey)).access_token)
  const asked = { aud: GATEWAY_ADDRESS, iat, ath: sha256Url(accessToken), basis: [BASIS], countries: ['HN'] }
  const { jwt, disclosures } = session.ask({ ...asked, ...question })
  const statement = `${[jwt, disclosures.get('HN')].join('~')}~`
  const answer = await exchange(world, { accessToken }, { question: statement, mandate_proof: '1', audience: 'HN' })
  const countryTokens = { HN: String(answer.access_token) }
  const leg = { scope: 'case:read person:read', grounds: { purpose: 'INVESTIGATION', legalBasis: [BASIS] } }
  const { document } = question
  return { accessToken, jwt, disclosures, document, countryTokens, proof: answer.mandate_proof, leg, session }
}

const BASIS = 'UN:XVIII-12#27'

/** How long before now each officer logged in and asked, in seconds. A country token lives for 300. */
const OFFICERS: readonly (readonly [OfficerName, Role, agoS: number])[] = [
  ['gone', 'prosecutor', 400],
  ['judge', 'judge', 0],
  ['analyst', 'analyst', 0],
  ['retired', 'retired', 0],
  ['clerk', 'clerk', 0],
  ['often', 'clerk', 0],
  ['stopped', 'clerk', 0],
]

/** Has each officer log in and ask. What ended before is in force again. */
export async function keepOfficers(world: World): Promise<ReadonlyMap<OfficerName, Kept>> {
  const kept = new Map<OfficerName, Kept>()
  world.officers.ended.clear()
  for (const [name, role, agoS] of OFFICERS) kept.set(name, await keepOfficer(world, role, agoS))
  return kept
}

/** Has an officer of a role log in and ask some seconds ago, and keeps what the gateway sees of it. */
export async function keepOfficer(world: World, role: Role, agoS = 0): Promise<Kept> {
  world.officers.aheadS = -agoS
  return askAs(world, role, SMALL).finally(() => {
    world.officers.aheadS = 0
  })
}

/** Signs a statement of an officer's own tool, now, with changes. */
export function signStatement(of: Kept, change: Partial<TestQuestion> = {}, by = of.session): string {
  const asked = { aud: GATEWAY_ADDRESS, iat: nowS(), ath: sha256Url(of.accessToken), document: of.document }
  const variables = { id: 'HN:P-1' }
  return by?.ask({ ...asked, basis: [BASIS], countries: ['HN'], variables, ...change }).text ?? ''
}

/** Takes what the gateway saw of the officer who asked last, and gets tokens for it, as the gateway does. */
export async function keepTraffic(world: World): Promise<Kept> {
  const last = world.requests.at(-1)
  const one = world.legs.findLast(({ country, countryToken }) => country === 'HN' && countryToken !== undefined)
  if (last === undefined || one === undefined) throw new Error('expected traffic of an honest question')
  const { document, accessToken, statement } = last
  const { jwt, disclosures } = readDisclosures(statement)
  const getToken = (audience: Country) =>
    exchange(
      world,
      { accessToken },
      { question: shownTo(audience, { jwt, disclosures }), mandate_proof: '1', audience },
    )
  const [hn, gt] = [await getToken('HN'), await getToken('GT')]
  const { grounds, withheld } = decodeJwt(one.legToken)
  // Each leg token has only the scopes that its leg needs. The captor takes all that the officer has.
  const leg = { scope: 'person:read case:read', grounds, withheld }
  const countryTokens = { HN: String(hn.access_token), GT: String(gt.access_token) }
  return { accessToken, jwt, disclosures, document, countryTokens, proof: hn.mandate_proof, leg, session: null }
}

function readDisclosures(statement: string): Pick<Kept, 'jwt' | 'disclosures'> {
  const [jwt = '', ...texts] = statement.split('~').filter((part) => part !== '')
  const named = texts.map((text): [string, string] => {
    const [, first, second] = JSON.parse(Buffer.from(text, 'base64url').toString()) as readonly string[]
    return [second === undefined ? String(first) : `$${first}`, text]
  })
  return { jwt, disclosures: new Map(named) }
}

/** The statement with only a country. */
export function shownTo(country: string, { jwt, disclosures }: Pick<Kept, 'jwt' | 'disclosures'>): string {
  return `${[jwt, disclosures.get(country) ?? disclosures.get('*') ?? ''].join('~')}~`
}
