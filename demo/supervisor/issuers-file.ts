import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { AUTHORITIES, authorityAddress, GATEWAY_CLIENT, gatewayAddress } from '../authority/authorities.ts'
import type { Home } from '../home.ts'
import { KEY_ALGORITHM } from '../keys.ts'

/** Writes the gateway's file of issuers: the mandate authorities, at the ports above `basePort`. */
export async function writeIssuersFile(
  { issuers: file, ca }: Pick<Home, 'issuers' | 'ca'>,
  basePort: number,
): Promise<void> {
  const issuers = listIssuers(gatewayAddress(basePort), basePort).map((issuer) => {
    const token = `${authorityAddress(basePort, issuer.country)}/token`
    return { ...issuer, authority: { token, client: GATEWAY_CLIENT, ca } }
  })
  await writeFile(file, stringify({ issuers }))
}

/** Lists the authorities as issuers of tokens for `audience`. */
export function listIssuers(audience: string, basePort: number) {
  return AUTHORITIES.map(({ country, issuer }) => {
    const jwks = `${authorityAddress(basePort, country)}/jwks`
    return { issuer, audience, jwks, algorithms: [KEY_ALGORITHM], country }
  })
}
