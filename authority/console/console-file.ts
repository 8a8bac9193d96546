import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { needed, optional, schemaOf, usually } from '../../service/file-settings.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { CONSOLE_SETTINGS, type ConsoleSettings, locateConsole, originSchema } from './settings.ts'

const path = z.string().min(1)

const authoritySchema = z.strictObject({
  issuer: z.string().min(1),
  country: z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code'),
  address: originSchema,
  /** The certificates of the authorities that its server's certificate may come from. Default: those of the operating system. */
  ca: path.optional(),
})

/** The settings of `istmo console`: a YAML file with these keys. Paths are relative to the file's folder. */
export const CONSOLE_FILE_SETTINGS = {
  host: usually(z.string().min(1), 'address to listen on', '127.0.0.1'),
  port: usually(z.int().min(0).max(65_535), 'port to listen on; 0 takes a free one', 4130),
  publicUrl: needed(
    originSchema,
    'origin at which browsers reach it. The authority’s settings list it in `otherUrls`, and the login provider’s redirect address begins with it',
  ),
  tls: optional(
    z.strictObject({ cert: path, key: path }),
    'files { cert, key } in PEM',
    'plain HTTP, only on this machine',
  ),
  authority: needed(
    authoritySchema,
    '{ issuer, country, address, ca } of the country’s mandate authority; `ca` is the file of the authority that knows its server',
  ),
  ...CONSOLE_SETTINGS,
}

const fileSchema = schemaOf(CONSOLE_FILE_SETTINGS)

/** The settings of a console that is served beside the authority, with absolute paths. */
export interface ConsoleServerSettings {
  readonly host: string
  readonly port: number
  readonly publicUrl: string
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  readonly authority: Readonly<z.infer<typeof authoritySchema>>
  readonly console: ConsoleSettings
}

/**
 * Reads the settings of `istmo console`.
 * @throws {ConfigError} if a setting is missing or wrong. The message names the file, the setting, what was expected and the remedy.
 */
export async function readConsoleFile(file: string): Promise<ConsoleServerSettings> {
  const settings = await readYamlFile(file, fileSchema, { remedy: '`istmo console --help` describes every setting.' })
  const { host, port, publicUrl, tls, authority, ...section } = settings
  const from = (name: string): string => resolve(dirname(file), name)
  return Object.freeze({
    host,
    port,
    publicUrl,
    console: locateConsole(section, dirname(file)),
    authority: { ...authority, ...(authority.ca !== undefined && { ca: from(authority.ca) }) },
    ...(tls && { tls: { cert: from(tls.cert), key: from(tls.key) } }),
  })
}
