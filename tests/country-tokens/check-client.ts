/** What RFC 7523 and RFC 9449 ask of a client at a token endpoint, each checked with jose. */
import { randomUUID } from 'node:crypto'
import { importJWK, type JWK, jwtVerify } from 'jose'

const ASSERTION_URN = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Finds what is wrong with a client's request: an error code of the RFCs; null if nothing is. */
export interface ClientCheck {
  readonly nonce: string
  find(form: URLSearchParams, proof: string | undefined): Promise<string | null>
}

/** Creates the check for one client with one key, at the authority of this address. Each assertion and each proof counts once. */
export async function createClientCheck(url: string, client: string, jwk: JWK): Promise<ClientCheck> {
  const key = await importJWK(jwk, 'EdDSA')
  const nonce = randomUUID()
  const used = new Set<string>()
  const isUsed = (jti: string | undefined): boolean => {
    if (jti === undefined || used.has(jti)) return true
    used.add(jti)
    return false
  }
  async function findAssertionFault(form: URLSearchParams): Promise<string | null> {
    try {
      const asked = { audience: url, issuer: client, subject: client, requiredClaims: ['exp', 'jti'], maxTokenAge: 60 }
      const { payload } = await jwtVerify(form.get('client_assertion') ?? '', key, asked)
      return form.get('client_assertion_type') === ASSERTION_URN && !isUsed(payload.jti) ? null : 'invalid_client'
    } catch {
      return 'invalid_client'
    }
  }
  async function findProofFault(proof: string | undefined): Promise<string | null> {
    try {
      const { payload, protectedHeader } = await jwtVerify(String(proof), key, { typ: 'dpop+jwt', maxTokenAge: 60 })
      const isForUs = payload.htm === 'POST' && payload.htu === `${url}/token` && protectedHeader.jwk?.x === jwk.x
      if (!isForUs || isUsed(payload.jti)) return 'invalid_dpop_proof'
      return payload.nonce === nonce ? null : 'use_dpop_nonce'
    } catch {
      return 'invalid_dpop_proof'
    }
  }
  return { nonce, find: async (form, proof) => (await findAssertionFault(form)) ?? findProofFault(proof) }
}
