import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { DEMO_AUDIENCE, DEVELOPMENT_ISSUERS, ISSUER_ALGORITHM } from '../issuer/issuer.ts'
import { issuerPort } from '../ports.ts'
import { JWKS_PATH } from '../provider/configuration.ts'

/** Writes the gateway's file of issuers: the development issuers, with their keys at the ports above `basePort`. */
export async function writeIssuersFile(file: string, basePort: number): Promise<void> {
  const issuers = DEVELOPMENT_ISSUERS.map(({ country, iss }) => ({
    issuer: iss,
    audience: DEMO_AUDIENCE,
    jwks: `http://127.0.0.1:${issuerPort(basePort, country)}${JWKS_PATH}`,
    algorithms: [ISSUER_ALGORITHM],
    country,
  }))
  await writeFile(file, stringify({ issuers }))
}
