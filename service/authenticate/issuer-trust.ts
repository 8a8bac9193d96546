import { readFile } from 'node:fs/promises'
import { ConfigError } from '../config-error.ts'
import { describeFileError } from '../describe-error.ts'
import type { ServerTrust } from '../http/server-trust.ts'
import type { Issuer } from './issuer.ts'

/**
 * Reads by what the server of an issuer is known, for its key set and, if it is a mandate authority, for all else that is asked of it.
 * @returns an empty trust if the file of issuers names no certificates: then the authorities of the operating system decide.
 * @throws {ConfigError} if a file of certificates cannot be read. The message names it.
 */
export async function readIssuerTrust({ authority, ca }: Pick<Issuer, 'authority' | 'ca'>): Promise<ServerTrust> {
  const file = ca ?? authority?.ca
  if (file === undefined) return {}
  try {
    return { ca: await readFile(file, 'utf8') }
  } catch (cause) {
    throw new ConfigError(
      `${file}: expected certificates in PEM; ${describeFileError(cause)}. Correct \`ca\` or \`authority.ca\` in the file of --issuers (ISSUERS_FILE).`,
      { cause },
    )
  }
}
