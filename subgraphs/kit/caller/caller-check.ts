/** Who asks a leg, as the caller's own country says it and the gateway cannot (docs/design/trust.md, What a node checks of a leg). */
import type { IncomingHttpHeaders } from 'node:http'
import { decodeProtectedHeader } from 'jose'
import type { Logger } from 'pino'
import { parseVerifierKey } from '../../../audit/note/key.ts'
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
import type { CallerPartner } from '../../../service/country-file-callers.ts'
import { createTrustedFetch } from '../../../service/http/trusted-fetch.ts'
import { openAuthorityKeys } from '../../../service/trust/authority-keys.ts'
import { type MandateTrust, verifyMandateProof } from '../../../service/trust/mandate-proof.ts'
import type { NodeConfig } from '../config.ts'
import { createLegVerifier, type GatewayKeys, type VerifiedLegToken, type VerifyLeg } from '../leg-token.ts'
import type { CountryRules } from '../rules.ts'
import { CallerRefused, namesCaller } from './caller-refused.ts'
import { type KnownMandates, openKnownMandates } from './known-mandates.ts'
import { findWidening, narrowClaims } from './narrow-claims.ts'

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
export interface MandateReader {
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
