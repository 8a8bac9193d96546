/** The mandate authorities that the file of issuers names, with the certificates by which the gateway knows their servers. */
import { readFile } from 'node:fs/promises'
import type { Issuer } from '../../service/authenticate/issuer.ts'
import { ConfigError } from '../../service/config-error.ts'
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
    named.map(async ({ issuer, authority: { token, client, ca } }) => ({
      issuer,
      tokenEndpoint: new URL(token),
      client,
      trust: ca === undefined ? {} : { ca: await readCertificates(ca) },
    })),
  )
}

async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const came = (cause as NodeJS.ErrnoException).code ?? 'an unknown error'
    throw new ConfigError(
      `${file}: expected certificates in PEM; came ${came}. Correct \`authority.ca\` in the file of --issuers (ISSUERS_FILE).`,
      { cause },
    )
  }
}
