import { SignJWT } from 'jose'
import type { KeyRing } from '../keys/key-ring.ts'
import { SIGNING_ALGORITHM } from '../keys/signing-keys.ts'
import { TokenRefusal } from './refusal.ts'

/**
 * Signs the claims of a token with the key that signs now. Claims that are undefined are left out.
 * @param typ the type of the token: no reader of one type accepts another (RFC 8725 section 3.11).
 * @throws {TokenRefusal} `UNAVAILABLE` if each key of the authority is suspended.
 */
export async function signToken(claims: object, typ: string, keys: KeyRing): Promise<string> {
  const key = keys.signer()
  if (key === null) {
    throw new TokenRefusal(
      'UNAVAILABLE',
      'each signing key of this authority is suspended. Its operator adds a new one',
    )
  }
  const given = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
  return new SignJWT(given).setProtectedHeader({ alg: SIGNING_ALGORITHM, typ, kid: key.kid }).sign(key.privateKey)
}
