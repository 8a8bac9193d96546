import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { nodeVerifierKey } from '../audit-log/trust.ts'
import { DEMO_COUNTRIES } from '../countries.ts'
import type { Home } from '../home.ts'
import { AUTHORITIES, authorityAddress, COMMAND_LINE_CLIENT, gatewayAddress } from './authorities.ts'
import { authorityHomeIn } from './authority-home.ts'

/**
 * Writes the settings of `istmo ask` for the officers of each country that has an authority, with the ports above `basePort`. They name the keys of
 * the countries' logs, so that `istmo ask` checks what the countries signed. The logs' keys must exist.
 */
export async function writeAskSettings(
  home: Pick<Home, 'authorities' | 'auditLog' | 'ca'>,
  basePort: number,
): Promise<void> {
  const keys: Record<string, string> = {}
  for (const country of DEMO_COUNTRIES) keys[country] = await nodeVerifierKey(home.auditLog, country)
  for (const { country } of AUTHORITIES) {
    const settings = {
      gateway: gatewayAddress(basePort),
      authority: `${authorityAddress(basePort, country)}/token`,
      client: COMMAND_LINE_CLIENT,
      ca: home.ca,
      keys,
    }
    await writeFile(authorityHomeIn(home.authorities, country).ask, stringify(settings))
  }
}
