/** By what a server is known, in a country's file: `domains.<domain>.tls` for the gateway, `callers.<n>.tls` for the country's node. */
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { readAuthorities } from './certificates/tls-files.ts'
import { ConfigError } from './config-error.ts'
import type { ServerTrust } from './http/server-trust.ts'
import { wrongSetting } from './yaml-file.ts'

const PIN = /^[A-Za-z0-9_-]{43}$/

/** The form of a setting `tls`: an authority, pins, or both. */
export const tlsSchema = z
  .strictObject({
    /** The authorities that issue the server's certificates: a PEM file, a path from the folder of this file. */
    ca: z.string().min(1).optional(),
    /** SHA-256 of the SubjectPublicKeyInfo of each certificate that may be shown (`istmo ca show`). */
    pins: z
      .array(z.string().regex(PIN, 'expected a pin: 43 characters of base64url, as `istmo ca show` prints it'))
      .min(1)
      .readonly()
      .optional(),
  })
  .refine(({ ca, pins }) => ca !== undefined || pins !== undefined, 'expected `ca` or `pins`')

/**
 * Reads a setting `tls`, with the file that it names.
 * @param file the path of the country's file. @param setting the path of `tls` in it, for messages: `domains.cases.tls`.
 * @param server `url`: the address beside the setting; undefined if a file stands in its place.
 * @throws {ConfigError} if the file of authorities cannot be used, or if the address is not https.
 */
export async function readServerTrust(
  file: string,
  setting: string,
  { url, tls }: { readonly url: string | undefined; readonly tls?: z.output<typeof tlsSchema> | undefined },
): Promise<ServerTrust | undefined> {
  if (tls === undefined) return undefined
  if (url === undefined || new URL(url).protocol !== 'https:') {
    const came = url === undefined ? 'a file' : 'an http URL'
    throw wrongSetting(file, setting, `expected an https URL beside it; came ${came}. Write https, or remove \`tls\`.`)
  }
  const { ca, pins } = tls
  const read = ca === undefined ? undefined : await readAuthoritiesBeside(file, setting, ca)
  return Object.freeze({ ...(read !== undefined && { ca: read }), ...(pins && { pins }) })
}

async function readAuthoritiesBeside(file: string, setting: string, path: string): Promise<string> {
  try {
    return await readAuthorities({ file: resolve(dirname(file), path), setting: `${setting}.ca` })
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    throw wrongSetting(file, `${setting}.ca`, cause.message, cause)
  }
}
