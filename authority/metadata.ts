import { DPOP_ALGORITHMS } from '../contract/access-token.ts'
import { ASSERTION_ALGORITHMS } from './tokens/client-assertion.ts'
import { TOKEN_EXCHANGE } from './tokens/form.ts'
import { TOKEN_PATH } from './tokens/token-endpoint.ts'

/** The path of the key set (RFC 7517). */
export const JWKS_PATH = '/jwks'

/** The path of the metadata (RFC 8414 section 3). */
export const METADATA_PATH = '/.well-known/oauth-authorization-server'

/**
 * Describes the authority (RFC 8414 section 2). Partners pin issuer, endpoints and keys in files, and the metadata may only agree with them.
 * @param publicUrl the address under which clients reach it, without a path.
 */
export function describeAuthority(issuer: string, publicUrl: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    token_endpoint: `${publicUrl}${TOKEN_PATH}`,
    jwks_uri: `${publicUrl}${JWKS_PATH}`,
    // RFC 8414 requires the member. Nobody logs in here: the login provider has the authorization endpoint.
    response_types_supported: [],
    grant_types_supported: [TOKEN_EXCHANGE],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
    dpop_signing_alg_values_supported: [...DPOP_ALGORITHMS],
    authorization_details_types_supported: ['istmo_mandate'],
  }
}
