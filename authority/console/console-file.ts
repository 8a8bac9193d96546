import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import type { FileSetting } from '../../service/note-file-settings.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { CONSOLE_SETTINGS, type ConsoleSettings, consoleSchema, locateConsole, originSchema } from './settings.ts'

const path = z.string().min(1)

const authoritySchema = z.strictObject({
  issuer: z.string().min(1),
  country: z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code'),
  address: originSchema,
  /** The certificates of the authorities that its server's certificate may come from. Default: those of the operating system. */
  ca: path.optional(),
})

/** The settings of `istmo console`: a YAML file with these keys. Paths are relative to the file's folder. */
const fileSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(4130),
  publicUrl: originSchema,
  tls: z.strictObject({ cert: path, key: path }).optional(),
  authority: authoritySchema,
  ...consoleSchema.shape,
})

/** What each setting of the file means, for `--help`. */
export const CONSOLE_FILE_SETTINGS: Readonly<Record<keyof z.infer<typeof fileSchema>, FileSetting>> = {
  host: { meaning: 'address to listen on', default: '127.0.0.1' },
  port: { meaning: 'port to listen on; 0 takes a free one', default: '4130' },
  publicUrl: {
    meaning:
      'origin at which browsers reach it. The authority’s settings list it in `otherUrls`, and the login provider’s redirect address begins with it',
  },
  tls: { meaning: 'files { cert, key } in PEM', default: 'plain HTTP, only on this machine' },
  authority: {
    meaning:
      '{ issuer, country, address, ca } of the country’s mandate authority; `ca` is the file of the authority that knows its server',
  },
  ...CONSOLE_SETTINGS,
}

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
    ...{ host, port, publicUrl, console: locateConsole(section, dirname(file)) },
    authority: { ...authority, ...(authority.ca !== undefined && { ca: from(authority.ca) }) },
    ...(tls && { tls: { cert: from(tls.cert), key: from(tls.key) } }),
  })
}
