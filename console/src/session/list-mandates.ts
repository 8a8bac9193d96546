import type { Nonces } from '../../../clients/dpop-fetch.ts'
import type { Browser } from './browser.ts'
import type { ConsoleConfig } from './config.ts'
import { readListedMandate } from './read-token.ts'
import type { OfficerMandate } from './session.ts'

/** What {@link listMandates} works with. */
interface Listing {
  readonly config: ConsoleConfig
  readonly browser: Pick<Browser, 'fetch'>
  /** Gets the authority's nonce, which comes with the list. */
  readonly nonces: Nonces
}

/**
 * Lists the mandates in force that name the officer.
 * @param token the login provider's token, which says who asks.
 * @returns null if the authority lists none: then the officer's token says the one mandate.
 * @throws {Error} if the authority did not answer.
 */
export async function listMandates(
  { config, browser, nonces }: Listing,
  token: string,
): Promise<readonly OfficerMandate[] | null> {
  const { mandatesEndpoint, tokenEndpoint } = config.authority
  if (mandatesEndpoint === null) return null
  const response = await browser.fetch(mandatesEndpoint, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    credentials: 'omit',
  })
  if (response.status === 404) return null
  const nonce = response.headers.get('dpop-nonce')
  if (nonce !== null) nonces.set(new URL(tokenEndpoint).origin, nonce)
  if (!response.ok) throw new Error(`expected the list of mandates; the authority answered ${response.status}`)
  const body = (await response.json()) as { readonly mandates?: unknown }
  const listed = Array.isArray(body.mandates) ? body.mandates : []
  return listed.flatMap((each) => readListedMandate(each) ?? [])
}
