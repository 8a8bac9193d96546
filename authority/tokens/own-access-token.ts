/** Reads an access token that this authority gave: what it says, and what the log says of it. */
import { z } from 'zod'
import { phraseDetail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { readClaims, type TokenContent } from '../../service/authenticate/claims.ts'
import { type Issuer, STANDARD_CLAIMS } from '../../service/authenticate/issuer.ts'
import { verifySignedToken } from '../../service/authenticate/verify-token.ts'
import { SIGNING_ALGORITHM } from '../keys/signing-keys.ts'
import type { GatewayClient } from '../settings/clients-file.ts'
import { MAX_ACCESS_TOKEN_S } from '../settings/settings.ts'
import type { Grant } from '../store/grants.ts'
import { ACCESS_TOKEN_TYPE } from './grant-access-token.ts'
import type { TokenParts } from './parts.ts'
import { TokenRefusal } from './refusal.ts'

/** Whom a token is for: a gateway, or the auditors' GraphQL. */
type Addressed = Pick<GatewayClient, 'address' | 'name'>

const mayAct = z.object({ may_act: z.strictObject({ sub: z.string() }) })

/**
 * Verifies an access token of this authority for this gateway.
 * @throws {TokenRefusal} `SUBJECT_TOKEN_INVALID` or `SUBJECT_TOKEN_OF_OTHER`.
 */
export async function readAccessToken(token: string, client: Addressed, parts: TokenParts): Promise<TokenContent> {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw refused('SUBJECT_TOKEN_INVALID', 'a signed JWT in compact form')
  const issuer: Issuer = {
    issuer: parts.settings.issuer,
    audience: client.address,
    jwks: '',
    algorithms: [SIGNING_ALGORITHM],
    tokenType: ACCESS_TOKEN_TYPE,
    country: parts.settings.country,
    claims: STANDARD_CLAIMS,
    maxLifetimeS: MAX_ACCESS_TOKEN_S,
  }
  const findKey = async ({ kid = '' }: { readonly kid?: string }) => {
    const key = parts.keys.find(kid)
    if (key === null) throw new IstmoError('TOKEN_INVALID', 'no key of this authority matches the token’s header')
    return key.publicKey
  }
  try {
    const { claims } = await verifySignedToken(token, [{ issuer, findKey }])
    const content = readClaims(claims, issuer, { requireMandate: true }, parts.now() / 1_000)
    const actor = mayAct.safeParse(claims)
    if (actor.data?.may_act.sub === client.name) return content
  } catch (error) {
    if (!(error instanceof IstmoError)) throw error
    const why = error.code === 'TOKEN_EXPIRED' ? 'it has expired' : phraseDetail(error.detail) || error.code
    throw new TokenRefusal('SUBJECT_TOKEN_INVALID', `the subject token is not accepted: ${why}`, { cause: error })
  }
  throw refused('SUBJECT_TOKEN_OF_OTHER', 'an access token whose `may_act` is this gateway')
}

/**
 * Finds what the log says of an access token. What the token says of its gateway and its key must be the same.
 * @throws {TokenRefusal} `GRANT_UNKNOWN` or `SUBJECT_TOKEN_OF_OTHER`.
 */
export async function findOwnGrant(
  tokenId: string,
  { client, isBound }: { readonly client: Addressed; readonly isBound: boolean },
  { findGrant }: TokenParts,
): Promise<Grant> {
  const grant = await findGrant(tokenId)
  if (grant === null || grant.isBound !== isBound) {
    throw refused('GRANT_UNKNOWN', 'an access token that is in the log of this authority')
  }
  if (grant.gateway === client.name) return grant
  throw refused('SUBJECT_TOKEN_OF_OTHER', 'an access token that was given for this gateway')
}

function refused(reason: TokenRefusal['reason'], expected: string): TokenRefusal {
  return new TokenRefusal(reason, `expected ${expected}`)
}
