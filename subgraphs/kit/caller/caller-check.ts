import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { decodeProtectedHeader } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { parseVerifierKey } from '../../../audit/note/key.ts'
import type { Purpose } from '../../../contract/access-token.ts'
import { IstmoError } from '../../../contract/errors.ts'
import type { LegClaims, VerifiedCaller } from '../../../contract/leg-token.ts'
import {
  COUNTRY_TOKEN_HEADER,
  type CountryTokenClaims,
  createCountryTokenVerifier,
  type VerifyCountryToken,
} from '../../../contract/trust/country-token.ts'
import { sha256Url } from '../../../contract/trust/digest.ts'
import { type MandateDocument, mandateTime } from '../../../contract/trust/mandate-document.ts'
import type { CallerMember, CallerPartner } from '../../../service/country-file-callers.ts'
import { createTrustedFetch } from '../../../service/http/trusted-fetch.ts'
import { type MandateTrust, openAuthorityKeys, verifyMandateProof } from '../../../service/trust/mandate-proof.ts'
import type { NodeConfig } from '../config.ts'
import { createLegVerifier, type GatewayKeys, type VerifiedLegToken, type VerifyLeg } from '../leg-token.ts'
import type { CountryRules } from '../rules.ts'

/**
 * A leg of the gateway whose caller the node does not believe. Its leg token is good, so the leg gets an entry of its own in the audit log.
 */
export class CallerRefused extends IstmoError {
  /** The claims of the leg token, without anybody who asks. */
  readonly leg: LegClaims

  /** @param expected what was expected, and where; a text without a value from outside. */
  constructor(leg: LegClaims, expected: string, options?: ErrorOptions) {
    super('CALLER_NOT_VERIFIED', `expected ${expected}`, options)
    this.leg = withoutCaller(leg)
  }
}

/** Returns the claims of a leg without what only a country token may say. */
function withoutCaller({ iss, aud, iat, exp, jti, act, op, ct }: LegClaims): LegClaims {
  return { iss, aud, iat, exp, jti, act, op, sub: 'anonymous', scope: '', ...(ct !== undefined && { ct }) }
}

/** Returns whether a leg token says who asks. Whatever could be taken for a word about somebody counts. */
function namesCaller({ sub, caller_iss, caller_jti, caller_token, client_id, org, mandate }: LegClaims): boolean {
  const parts = [caller_iss, caller_jti, caller_token, client_id, org, mandate]
  return sub !== 'anonymous' || parts.some((part) => part !== undefined)
}

/** What a leg's rights come from: each of them narrows, and none adds. */
export interface RightsSources {
  /** The claims of the leg token. What it says of who asks is not read. */
  readonly leg: LegClaims
  readonly token: CountryTokenClaims
  readonly document: Pick<MandateDocument, 'purposes' | 'scopes' | 'legal_basis' | 'case' | 'time_zone'>
  readonly partner: Pick<CallerPartner, 'members'>
}

/**
 * Finds what a leg asks for beyond its country token, its mandate or this country's members.
 * @returns what was expected, as the end of a sentence; null if the leg stays within them.
 */
export function findWidening({ leg, token, document, partner }: RightsSources): string | null {
  const { purpose, case: caseId, legalBasis = [] } = leg.grounds ?? {}
  if (!partner.members.some(({ agencies }) => agencies.includes(token.org.agency))) {
    return 'an agency of the members that this country has listed (callers.members)'
  }
  if (purpose !== undefined && !(token.mandate.purposes.includes(purpose) && document.purposes.includes(purpose))) {
    return 'a purpose of the leg that the country token and the mandate name'
  }
  if (purpose !== undefined && membersFor(partner, token.org.agency, purpose).length === 0) {
    return 'a purpose that this country has listed for the agency (callers.members)'
  }
  if (caseId !== undefined && document.case === undefined) return 'no case of the leg, because the mandate has none'
  return legalBasis.every((article) => document.legal_basis.includes(article))
    ? null
    : 'a legal basis of the leg that the mandate names'
}

/**
 * Makes the claims of a leg whose caller is verified: only the country token says who asks, and the scopes are those that leg token, country
 * token, mandate and this country's members all name.
 */
export function narrowClaims(sources: RightsSources, verified: VerifiedCaller): LegClaims {
  const { leg, token } = sources
  const { iss, aud, iat, exp, jti, act, op, ct, grounds, withheld, policies } = leg
  const { task_force, not_after, purposes } = token.mandate
  const { country, agency, role } = token.org
  return Object.freeze({
    iss,
    aud,
    iat,
    exp,
    jti,
    act,
    op,
    sub: token.sub,
    scope: commonScopes(sources).join(' '),
    caller_iss: token.caller_iss,
    caller_jti: token.caller_jti,
    client_id: token.client_id,
    ...(token.acr !== undefined && { acr: token.acr }),
    org: { country, agency, ...(role !== undefined && { role }) },
    mandate: {
      type: 'istmo_mandate' as const,
      task_force,
      purposes: purposes.filter((purpose) => sources.document.purposes.includes(purpose)),
      countries: [token.aud],
      not_after,
      time_zone: sources.document.time_zone,
    },
    ...(grounds !== undefined && { grounds }),
    ...(withheld !== undefined && { withheld }),
    ...(policies !== undefined && { policies }),
    ...(ct !== undefined && { ct }),
    verified,
  })
}

/** A leg without grounds says for what purpose it asks of nothing, so it has no scopes. */
function commonScopes({ leg, token, document, partner }: RightsSources): readonly string[] {
  const purpose = leg.grounds?.purpose
  if (purpose === undefined) return []
  const listed = membersFor(partner, token.org.agency, purpose).flatMap(({ scopes }) => scopes)
  const [ofToken, ofMandate, ofMembers] = [new Set(token.scope.split(' ')), new Set(document.scopes), new Set(listed)]
  return leg.scope
    .split(' ')
    .filter((scope) => scope !== '' && ofToken.has(scope) && ofMandate.has(scope) && ofMembers.has(scope))
}

function membersFor(
  { members }: Pick<CallerPartner, 'members'>,
  agency: string,
  purpose: Purpose,
): readonly CallerMember[] {
  return members.filter(({ agencies, purposes }) => agencies.includes(agency) && purposes.includes(purpose))
}

/** The mandates whose proof this node has seen (docs/design/trust.md, The mandate). */

/** How many mandates are in memory; a document has 16 KiB at most. */
const MAX_IN_MEMORY = 1_000

/** How many proofs are in the folder. */
const MAX_ON_DISK = 10_000

/** Verifies the proof of a mandate against what a partner has pinned. Rejects with {Error} that says what was expected and what came. */
export type VerifyMandateProof = (
  proof: unknown,
  partner: CallerPartner,
) => Promise<{ readonly document: MandateDocument; readonly hash: string }>

/** Which mandates are proven. Whether one still holds is asked on each leg. */
interface KnownMandates {
  /** Returns a mandate that was proven before; null if the node needs its proof. */
  find(partner: CallerPartner, hash: string): Promise<MandateDocument | null>
  /**
   * Verifies the proof of the mandate with this hash, and remembers it.
   * @throws {Error} that says what was expected and what came.
   */
  learn(partner: CallerPartner, hash: string, proof: unknown): Promise<MandateDocument>
}

/** What {@link openKnownMandates} works with. */
interface KnownMandatesOptions {
  readonly verify: VerifyMandateProof
  /** Where proofs are kept over a restart. Null: nowhere; then gateways send each proof again. */
  readonly folder: string | null
  readonly log: Pick<Logger, 'warn'>
}

/**
 * Opens the memory of proven mandates. The folder keeps proofs and not verdicts: what is read from it is verified against what the country's
 * file pins now.
 */
export async function openKnownMandates({ verify, folder, log }: KnownMandatesOptions): Promise<KnownMandates> {
  const proven = new LRUCache<string, MandateDocument>({ max: MAX_IN_MEMORY })
  const proofs = folder === null ? null : await openProofs(folder)

  async function take(partner: CallerPartner, hash: string, proof: unknown): Promise<MandateDocument> {
    const { document, hash: came } = await verify(proof, partner)
    if (came !== hash) throw new Error('expected the proof of the mandate that the token names; came another one')
    proven.set(keyOf(partner, hash), document)
    return document
  }

  return {
    async find(partner, hash) {
      const known = proven.get(keyOf(partner, hash))
      if (known !== undefined || proofs === null) return known ?? null
      const proof = await proofs.read(hash)
      // A proof that no longer holds is asked for again.
      return proof === undefined ? null : take(partner, hash, proof).catch(() => null)
    },
    async learn(partner, hash, proof) {
      const document = await take(partner, hash, proof)
      await proofs?.write(hash, proof).catch((error: unknown) => {
        log.warn({ folder, error: (error as NodeJS.ErrnoException).code }, NOT_KEPT)
      })
      return document
    },
  }
}

const NOT_KEPT =
  'could not keep the proof of a mandate; gateways send it again after a restart. Check the folder of --mandates-folder (MANDATES_FOLDER)'

/** One mandate proven to one partner is not proven to another one. */
function keyOf({ authority }: CallerPartner, hash: string): string {
  return `${hash} ${authority}`
}

async function openProofs(folder: string) {
  await mkdir(folder, { recursive: true })
  const names = await readdir(folder)
  // What a crash left of a file that was being written.
  await Promise.all(
    names.filter((name) => name.endsWith('.part')).map((name) => rm(join(folder, name), { force: true })),
  )
  let count = names.filter((name) => name.endsWith('.json')).length
  return {
    async read(hash: string): Promise<unknown> {
      try {
        return JSON.parse(await readFile(join(folder, `${hash}.json`), 'utf8'))
      } catch {
        return undefined
      }
    },
    async write(hash: string, proof: unknown): Promise<void> {
      if (count >= MAX_ON_DISK) return
      const part = join(folder, `${randomUUID()}.part`)
      await writeFile(part, JSON.stringify(proof), { flush: true })
      await rename(part, join(folder, `${hash}.json`))
      count += 1
    },
  }
}

/** Who asks a leg, as the caller's own country says it and the gateway cannot (docs/design/trust.md, What a node checks of a leg). */

/**
 * Opens the check of who asks, from a node's settings and its country's file.
 * @param gatewayKeys the key set of the gateway.
 * @param isKeySuspended whether the key that signed a leg token is suspended, by its thumbprint. It is asked for each leg.
 * @throws {Error} if the key set of an authority cannot be read. The message names the file.
 */
export async function openCallerCheck(
  { country, gatewayIssuer: gateway, mandatesFolder, development: isDevelopment }: NodeConfig,
  { callers: partners, legTokens: use }: CountryRules,
  log: Logger,
  gatewayKeys: Pick<GatewayKeys, 'find'>,
  isKeySuspended: (thumbprint: string) => boolean = () => false,
): Promise<CheckCaller> {
  const now = Date.now
  const verify = createLegVerifier({ country, issuer: gateway, keys: gatewayKeys.find, use, now })
  const verifyLeg: VerifyLeg = async (authorization, query) => {
    const leg = await verify(authorization, query)
    if (isKeySuspended(leg.key)) throw new CallerRefused(leg.claims, 'a leg token of a key that is not suspended')
    return leg
  }
  const callers = await Promise.all(
    partners.map(async (partner) => ({
      ...partner,
      findKey: await openAuthorityKeys(partner.jwks, partner.keys, { now, fetch: createTrustedFetch(partner.tls) }),
    })),
  )
  const verifyCountryToken = createCountryTokenVerifier({ country, callers, now })
  const mandates = await openKnownMandates({
    verify: (proof, partner) => verifyMandateProof(proof, trustOf(partner), now()),
    folder: mandatesFolder ?? null,
    log,
  })
  if (partners.length === 0 && !isDevelopment) log.warn(NO_CALLERS)
  return createCallerCheck({ country, gateway, partners, verifyLeg, verifyCountryToken, mandates, isDevelopment, now })
}

const NO_CALLERS =
  'the country’s file names no `callers`, so the node answers only legs without a caller: name the authorities of other countries there (docs/access.md)'

function trustOf({ authority: issuer, country, approvers, log, witnesses }: CallerPartner): MandateTrust {
  return { issuer, country, approvers, log: parseVerifierKey(log), witnesses: witnesses.map(parseVerifierKey) }
}

/** What {@link createCallerCheck} works with. */
export interface CallerCheckOptions {
  /** The country whose node this is. */
  readonly country: string
  /** The gateway's name: `iss` of its leg tokens, and who acts for the officer in a country token. */
  readonly gateway: string
  readonly partners: readonly CallerPartner[]
  readonly verifyLeg: VerifyLeg
  readonly verifyCountryToken: VerifyCountryToken
  readonly mandates: KnownMandates
  /** With it, the gateway's word suffices for officers of a country that the file does not name in `callers`. */
  readonly isDevelopment: boolean
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** What a leg shows of the gateway and of who asks. */
export interface ShownCaller {
  readonly authorization: string | undefined
  /** The header `Istmo-Country-Token`, each line of it. */
  readonly countryTokens: readonly string[]
  /** The text of the query. */
  readonly query: string
  /** The hash of the gateway's certificate; null over plain HTTP. */
  readonly certificate: string | null
  /** The proof of the mandate; undefined if none came. */
  readonly mandateProof: unknown
}

/**
 * Finds out who asks a leg. Rejects with {IstmoError}: those of {@link VerifyLeg}; a {@link CallerRefused} if the leg token is good and who asks is
 * not verified; `CALLER_NOT_VERIFIED` if neither is; `MANDATE_UNKNOWN` if the node needs the mandate's proof; `KEYS_UNAVAILABLE`.
 */
export type CheckCaller = (shown: ShownCaller) => Promise<LegClaims>

/** Returns the lines of the header `Istmo-Country-Token`. */
export function readCountryTokens(headers: NodeJS.Dict<string[]> | IncomingHttpHeaders): readonly string[] {
  const lines = headers[COUNTRY_TOKEN_HEADER.toLowerCase()] ?? []
  return typeof lines === 'string' ? [lines] : lines
}

/**
 * Creates the check of one country. Signatures are checked once for each token. Everything that can change before a token ends is looked up on each
 * leg: whether it has ended, whether its mandate holds, and what the country has listed.
 */
export function createCallerCheck(options: CallerCheckOptions): CheckCaller {
  const narrowed = createNarrowedClaims()
  return async (shown) => {
    const token = await readCountryToken(options, shown.countryTokens)
    const leg = await options.verifyLeg(shown.authorization, shown.query).catch((error: unknown) => {
      throw token instanceof IstmoError ? token : error
    })
    if (token instanceof IstmoError) throw new CallerRefused(leg.claims, 'a country token that holds', { cause: token })
    if (token === null) return checkWithoutToken(options, leg.claims)
    checkPair(options, leg, token, shown.certificate)
    const partner = findPartner(options, leg.claims, token.claims)
    const document = await findMandate(options.mandates, partner, token.claims, leg.claims, shown.mandateProof)
    const reader = { country: options.country, nowMs: options.now() }
    const sources = { leg: leg.claims, token: token.claims, document, partner }
    const fault = findMandateFault(token.claims, document, partner, reader) ?? findWidening(sources)
    if (fault !== null) throw new CallerRefused(leg.claims, fault)
    return narrowed(leg.claims, () => narrowClaims(sources, describeVerified(token, leg, document)))
  }
}

/** A country token whose signature and times are good. */
interface ShownToken {
  readonly text: string
  readonly hash: string
  readonly claims: CountryTokenClaims
}

/** Returns null if none came, and the error if one came that does not hold: the leg token may still show whose attempt it is. */
async function readCountryToken(
  { verifyCountryToken }: CallerCheckOptions,
  [text, ...others]: readonly string[],
): Promise<ShownToken | IstmoError | null> {
  if (text === undefined) return null
  if (others.length > 0)
    return new IstmoError('CALLER_NOT_VERIFIED', `expected one header ${COUNTRY_TOKEN_HEADER}; came several`)
  try {
    const claims = await verifyCountryToken(text)
    return { text, hash: hashOf(text, claims), claims }
  } catch (error) {
    if (error instanceof IstmoError && error.code === 'CALLER_NOT_VERIFIED') return error
    throw error
  }
}

const hashes = new WeakMap<CountryTokenClaims, string>()

/** Hashes a token once: the verifier gives each text claims of its own, and the same claims for the same text. */
function hashOf(text: string, claims: CountryTokenClaims): string {
  const known = hashes.get(claims) ?? sha256Url(text)
  hashes.set(claims, known)
  return known
}

function checkWithoutToken({ isDevelopment, partners }: CallerCheckOptions, leg: LegClaims): LegClaims {
  if (leg.ct !== undefined)
    throw new CallerRefused(leg, `the country token that the leg names, in ${COUNTRY_TOKEN_HEADER}`)
  if (!namesCaller(leg)) return leg
  // An authority that the country has pinned speaks for all officers of its country, also in development.
  const isPinned = partners.some(({ country }) => country === leg.org?.country)
  if (isDevelopment && !isPinned) return leg
  throw new CallerRefused(leg, `a country token for a leg that says who asks, in ${COUNTRY_TOKEN_HEADER}`)
}

/** Checks that the two tokens belong together, and to the gateway at the other end of the connection. */
function checkPair(
  { gateway }: CallerCheckOptions,
  { claims: leg, key }: VerifiedLegToken,
  { hash, claims: token }: ShownToken,
  certificate: string | null,
): void {
  if (leg.ct !== hash) throw new CallerRefused(leg, 'the leg token to name this country token in `ct`')
  if (token.cnf.jkt !== key)
    throw new CallerRefused(leg, 'a leg token signed by the key that the country token names in `cnf.jkt`')
  if (token.act.sub !== gateway || leg.act.sub !== gateway) throw new CallerRefused(leg, '`act.sub` to be the gateway')
  if (leg.exp > token.exp) throw new CallerRefused(leg, 'a leg token that ends no later than the country token')
  const bound = token.cnf['x5t#S256']
  if (bound !== undefined && bound !== certificate) {
    throw new CallerRefused(leg, 'a connection with the certificate that the country token names in `cnf.x5t#S256`')
  }
}

function findPartner({ partners }: CallerCheckOptions, leg: LegClaims, { iss }: CountryTokenClaims): CallerPartner {
  const partner = partners.find(({ authority }) => authority === iss)
  if (partner === undefined) throw new CallerRefused(leg, 'an authority that this country has pinned')
  return partner
}

async function findMandate(
  mandates: KnownMandates,
  partner: CallerPartner,
  { mandate: { hash } }: CountryTokenClaims,
  leg: LegClaims,
  proof: unknown,
): Promise<MandateDocument> {
  const known = await mandates.find(partner, hash)
  if (known !== null) return known
  if (proof === undefined) throw new IstmoError('MANDATE_UNKNOWN', expectedProof(partner))
  try {
    return await mandates.learn(partner, hash, proof)
  } catch (cause) {
    throw new CallerRefused(leg, 'a proof that the mandate is in the log of its authority', { cause })
  }
}

/** For the node's log: the gateway brings the proof with its next leg, if the authority gives it one. */
function expectedProof({ authority, country }: CallerPartner): string {
  return (
    `Expected the proof of a mandate of ${country}, from ${authority}. If none comes with the next leg either, no witness of this country has ` +
    'cosigned the log of that authority: `istmo doctor` asks it.'
  )
}

function describeVerified(
  { text, hash, claims }: ShownToken,
  { key }: VerifiedLegToken,
  { case: caseDigest }: MandateDocument,
): VerifiedCaller {
  const { iss, jti, mandate, caller_jkt: tool, caller_ath: accessTokenHash, question } = claims
  const authority = String(decodeProtectedHeader(text).kid)
  return {
    authority: iss,
    tokenId: jti,
    tokenHash: hash,
    mandate: mandate.hash,
    ...(caseDigest !== undefined && { caseDigest }),
    keys: { authority, gateway: key, ...(tool !== undefined && { tool }) },
    ...(accessTokenHash !== undefined && { accessTokenHash }),
    ...(question !== undefined && { question }),
  }
}

/**
 * Remembers the narrowed claims of a leg token, as long as the leg token itself is remembered: what is decided about a leg is remembered by the object
 * of its claims. A leg token names one country token, and a country token one mandate, so the same leg token never has other claims.
 */
function createNarrowedClaims() {
  const byLeg = new WeakMap<LegClaims, LegClaims>()
  return (leg: LegClaims, narrow: () => LegClaims): LegClaims => {
    const known = byLeg.get(leg)
    if (known !== undefined) return known
    const claims = narrow()
    byLeg.set(leg, claims)
    return claims
  }
}

/** The side of a mandate that a country looks at: its own code, and the time in milliseconds since the epoch. */
interface MandateReader {
  readonly country: string
  readonly nowMs: number
}

/**
 * Compares a country token with the mandate that it names (docs/design/trust.md, The mandate). A node does this on each leg.
 * @returns what was expected, as the end of a sentence; null if the mandate covers the token.
 */
export function findMandateFault(
  { iss, org, mandate }: CountryTokenClaims,
  document: MandateDocument,
  partner: CallerPartner,
  { country, nowMs }: MandateReader,
): string | null {
  if (document.issuer !== iss || document.country !== partner.country)
    return 'a mandate of the authority that signed the token'
  if (partner.countersigned !== null && !partner.countersigned.has(mandate.hash)) {
    return 'a mandate that this country has countersigned (callers.countersigned)'
  }
  const time = mandateTime(document, nowMs)
  if (time === 'NOT_YET') return 'a mandate that has begun: compare the clocks of authority and node'
  if (time === 'OVER') return 'a mandate whose last day is not over'
  if (!document.countries.includes(country)) return 'a mandate that names this country'
  if (document.task_force !== mandate.task_force) return 'the task force of the mandate in the country token'
  if (document.not_after !== mandate.not_after) return 'the last day of the mandate in the country token'
  if (mandate.purposes.some((purpose) => !document.purposes.includes(purpose))) {
    return 'the purposes of the country token to be in the mandate'
  }
  return document.officers.some((officer) => mayBe(officer, org)) ? null : 'an officer whom the mandate names'
}

/** A person's hash is salted, so only the authority knows whose it is. The mandate then leaves the choice to its word. */
function mayBe(officer: MandateDocument['officers'][number], { agency, role }: CountryTokenClaims['org']): boolean {
  return 'hash' in officer || (officer.agency === agency && officer.role === role)
}
