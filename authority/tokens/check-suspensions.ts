import type { MandateInForce, TokenSubject } from '../doors.ts'
import type { TokenParts } from './parts.ts'
import { TokenRefusal } from './refusal.ts'

/** Whom and what a token would be about, as both exchanges know it. */
export interface TokenAbout {
  /** The officer’s refs in this authority's log. */
  readonly refs: readonly string[]
  readonly mandate: MandateInForce
  readonly agency: string | undefined
  /** Thumbprints of the keys of tool and gateway, and the hash of the gateway's certificate; null where there is none. */
  readonly keys: readonly (string | null)[]
  /** `jti` of the access token, and the country that would accept the new token, at an exchange for one. */
  readonly token?: string
  readonly country?: string
}

/**
 * Checks that nothing is suspended that a token is about. It is asked before a token is made, and once more when its entry is durable: so no token
 * leaves whose entry comes after that of the suspension or revocation.
 * @throws {TokenRefusal} `SUSPENDED`.
 */
export function checkSuspensions(
  about: TokenAbout,
  parts: Pick<TokenParts, 'findSuspension' | 'refs' | 'settings'>,
): void {
  if (parts.findSuspension(describe(about, parts)) === null) return
  const expected = 'nothing suspended; the officer, the authority or what the officer asks with is'
  throw new TokenRefusal('SUSPENDED', `expected ${expected}. Ask the security officer of your country`)
}

/**
 * Checks again, when the entry of a token is durable.
 * @throws {TokenRefusal} `SUSPENDED`, or `MANDATE_ENDED` if the mandate was revoked meanwhile.
 */
export async function confirmToken(about: TokenAbout, parts: TokenParts): Promise<void> {
  checkSuspensions(about, parts)
  if ((await parts.mandates.find(about.mandate.hash)) !== null) return
  throw new TokenRefusal('MANDATE_ENDED', 'expected a mandate in force; this one has ended or was revoked')
}

/** An officer is known by the refs, and to each country of the mandate by another name. */
function describe(
  { refs, mandate, agency, keys, token, country }: TokenAbout,
  { refs: names, settings }: Pick<TokenParts, 'refs' | 'settings'>,
): TokenSubject {
  const { countries, task_force: taskForce } = mandate.document
  const subjects = countries.flatMap((each) => refs.flatMap((ref) => names.subjectsFor(each, ref)))
  return {
    authority: settings.issuer,
    mandate: mandate.hash,
    taskForce,
    officer: [...refs, ...subjects],
    ...(agency !== undefined && { agency }),
    ...(token !== undefined && { token }),
    ...(country !== undefined && { country }),
    keys: keys.filter((key) => key !== null),
  }
}
