/** The mandate authorities that the file of issuers names, with the certificates by which the gateway knows their servers. */
import type { Issuer } from '../../service/authenticate/issuer.ts'
import { readIssuerTrust } from '../../service/authenticate/issuers-file.ts'
import type { ServerTrust } from '../../service/http/server-trust.ts'

/** An authority at which the gateway exchanges access tokens. */
export interface AuthorityToAsk {
  readonly issuer: string
  readonly tokenEndpoint: URL
  /** The gateway's `client_id` there. */
  readonly client: string
  readonly trust: ServerTrust
}

/**
 * Lists the issuers that are authorities.
 * @throws {ConfigError} if a file of certificates cannot be read. The message names it.
 */
export async function readAuthorities(issuers: readonly Issuer[]): Promise<readonly AuthorityToAsk[]> {
  const named = issuers.flatMap(({ issuer, authority }) => (authority === undefined ? [] : [{ issuer, authority }]))
  return Promise.all(
    named.map(async ({ issuer, authority }) => ({
      issuer,
      tokenEndpoint: new URL(authority.token),
      client: authority.client,
      trust: await readIssuerTrust({ authority }),
    })),
  )
}
