import { RequestRejected } from '../../audit/inbox/inbox-folder.ts'
import { type PseudonymKeys, pseudonymOf, pseudonymsOf } from '../../audit/pseudonym/pseudonym.ts'
import { phraseDetail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { readClaims, resolvePointer } from '../../service/authenticate/claims.ts'
import { createKeySource, type KeySourceWorld } from '../../service/authenticate/key-source.ts'
import { type PinnedIssuer, verifySignedToken } from '../../service/authenticate/verify-token.ts'
import type { Officer } from '../doors.ts'
import type { Provider, ProviderPlaces } from '../settings/files.ts'
import type { AuthoritySettings } from '../settings/settings.ts'
import { TokenRefusal } from './refusal.ts'

/** An officer in the words of the login provider. */
interface ProviderSubject {
  readonly issuer: string
  readonly subject: string
}

/**
 * The names by which others know an officer. The log has the officer's **ref**; a gateway and each country see a **subject** that is made from
 * the ref, and differs for each of them. All are HMACs under keys with epochs (audit/pseudonym), so whoever has the keys finds an officer
 * again under a name of an older epoch, and nobody else can.
 */
export interface OfficerRefs {
  /** Returns the officer's ref, for new entries. */
  readonly refOf: (officer: ProviderSubject) => string
  /** Returns the officer's refs of all epochs, the newest first. */
  readonly refsOf: (officer: ProviderSubject) => readonly string[]
  /** Returns the subject that an audience (a country's code or a gateway's address) sees of a ref. */
  readonly subjectFor: (audience: string, ref: string) => string
  /** Returns the subjects of all epochs that an audience may have seen of a ref, the newest first. */
  readonly subjectsFor: (audience: string, ref: string) => readonly string[]
}

/** Creates the names of officers under the keys of the authority's log. */
export function createOfficerRefs(keys: PseudonymKeys): OfficerRefs {
  const idOf = ({ issuer, subject }: ProviderSubject): string => `${issuer} ${subject}`
  return {
    refOf: (officer) => pseudonymOf('actor', idOf(officer), keys),
    refsOf: (officer) => pseudonymsOf('actor', idOf(officer), keys),
    subjectFor: (audience, ref) => pseudonymOf('subject', `${audience} ${ref}`, keys),
    subjectsFor: (audience, ref) => pseudonymsOf('subject', `${audience} ${ref}`, keys),
  }
}

/** Reads the token of a login provider: who an officer is (docs/design/trust.md). */

/** The longest token of a provider, in characters. */
const MAX_TOKEN_LENGTH = 16_384

/** What a login provider's token says. */
export interface ProviderToken {
  readonly officer: Officer
  /** The level of the login (`acr`); null if the token names none. */
  readonly assurance: string | null
  /**
   * The client to which the provider gave the token: `client_id`, `azp`, or the `aud` of an ID token, whose audience is a client and not this
   * authority. Null if the token does not say it.
   */
  readonly client: string | null
  /** The key and the certificate that the token is bound to (`cnf`). */
  readonly binding: { readonly key: string | null; readonly certificate: string | null }
  /** When it ends, in seconds since 1970. */
  readonly expiresAt: number
}

/** Verifies a provider's token. Rejects with {TokenRefusal} `SUBJECT_TOKEN_INVALID`, or `UNAVAILABLE` if the provider's keys are. */
export type ReadProviderToken = (token: string) => Promise<ProviderToken>

/**
 * Creates the reader of tokens of pinned login providers. It verifies as the gateway does (service/authenticate), and speaks for one country.
 * @throws {Error} if a key set file cannot be used. The message names it.
 */
export async function createProviderTokenReader(
  providers: readonly Provider[],
  { issuer: authority, country }: Pick<AuthoritySettings, 'issuer' | 'country'>,
  world: KeySourceWorld,
): Promise<ReadProviderToken> {
  const pinned = await Promise.all(
    providers.map(async ({ issuer, places }) => ({
      places,
      pinned: { issuer, findKey: await createKeySource(issuer.jwks, world) },
    })),
  )
  const issuers: readonly PinnedIssuer[] = pinned.map((each) => each.pinned)
  return async (token) => {
    if (token.length > MAX_TOKEN_LENGTH || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
      throw refused('a signed JWT in compact form')
    }
    try {
      const { claims, issuer } = await verifySignedToken(token, issuers)
      const places = pinned.find((each) => each.pinned.issuer === issuer)?.places
      if (places === undefined) throw refused('a provider that this authority knows')
      const normal = toStandardPlaces(claims, places, country)
      const { caller, binding } = readClaims(normal, issuer, { requireMandate: false }, world.now() / 1_000)
      const { agency, role } = caller.organisation ?? {}
      if (agency === undefined) throw refused('an agency where the file of providers says it stands')
      return {
        officer: { issuer: caller.issuer, subject: caller.subject, agency, role: role ?? null },
        assurance: caller.assurance ?? null,
        client: caller.client ?? (issuer.audience === authority ? null : issuer.audience),
        binding,
        expiresAt: caller.expiresAt,
      }
    } catch (error) {
      throw toRefusal(error)
    }
  }
}

/** Writes what a provider's token says at its own places into the standard ones, and leaves out what a provider may not say: a mandate. */
function toStandardPlaces(
  claims: Record<string, unknown>,
  places: ProviderPlaces,
  country: string,
): Record<string, unknown> {
  const stated = places.country === null ? country : resolvePointer(claims, places.country)
  if (stated !== country) throw refused('the country that this authority speaks for')
  const { iss, sub, exp, iat, nbf, jti, cnf, client_id, azp } = claims
  const org = { country, agency: resolvePointer(claims, places.agency), role: resolvePointer(claims, places.role) }
  return {
    iss,
    sub,
    exp,
    iat,
    nbf,
    jti,
    cnf,
    client_id: client_id ?? azp,
    acr: resolvePointer(claims, places.acr),
    org,
  }
}

function toRefusal(error: unknown): unknown {
  if (!(error instanceof IstmoError)) return error
  if (error.code === 'KEYS_UNAVAILABLE') {
    return new TokenRefusal('UNAVAILABLE', 'the keys of the login provider cannot be fetched now. Try again', {
      cause: error,
    })
  }
  const why = error.code === 'TOKEN_EXPIRED' ? 'it has expired: log in again' : phraseDetail(error.detail) || error.code
  return new TokenRefusal('SUBJECT_TOKEN_INVALID', `the subject token is not accepted: ${why}`, { cause: error })
}

function refused(expected: string): TokenRefusal {
  return new TokenRefusal('SUBJECT_TOKEN_INVALID', `of the subject token, expected ${expected}`)
}

/**
 * Creates the reader of the token that comes with what a person asks through a folder: it says who asks. It rejects with a
 * {@link RequestRejected} for a token that is not accepted, and with any other error if that cannot be told now.
 */
export function createPersonReader(readProviderToken: ReadProviderToken): (token: string) => Promise<Officer> {
  return async (token) => {
    const { officer, binding } = await readProviderToken(token).catch((error: unknown) => {
      // Everything else is tried again: the keys of the login provider cannot be fetched now.
      if (error instanceof TokenRefusal && error.reason === 'SUBJECT_TOKEN_INVALID') {
        throw new RequestRejected(error.message)
      }
      throw error
    })
    // Nobody proves the key here, so a stolen token would do (RFC 9449, section 7.1).
    if (binding.key !== null || binding.certificate !== null) {
      throw new RequestRejected('expected a token that is bound to no key; came a bound one. Log in again without DPoP')
    }
    return officer
  }
}
