import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { AUTHORITIES, GATEWAY_CLIENT, gatewayAddress } from '../authority/authorities.ts'
import { authorityAddress } from '../authority/prepare-authorities.ts'
import type { Home } from '../home.ts'
import { KEY_ALGORITHM } from '../keys.ts'

/** Writes the gateway's file of issuers: the mandate authorities, at the ports above `basePort`. */
export async function writeIssuersFile(
  { issuers: file, ca }: Pick<Home, 'issuers' | 'ca'>,
  basePort: number,
): Promise<void> {
  const issuers = AUTHORITIES.map(({ country, issuer }) => {
    const address = authorityAddress(basePort, country)
    return {
      ...{ issuer, audience: gatewayAddress(basePort), jwks: `${address}/jwks`, algorithms: [KEY_ALGORITHM], country },
      authority: { token: `${address}/token`, client: GATEWAY_CLIENT, ca },
    }
  })
  await writeFile(file, stringify({ issuers }))
}
