import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Reads and formats the licence notices of the packages that a pack contains. */

/** The notice of one package. */
export interface Notice {
  readonly name: string
  readonly version: string
  /** The licence as the package’s package.json names it. This is usually an SPDX expression. */
  readonly licence: string
  /** The texts of the package's licence and notice files, in the order of their names. */
  readonly texts: readonly string[]
}

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]).optional(),
})

const LICENCE_FILE = /^(licen[cs]e|copying|notice|third[-_]?party[-_]?notices?)\b/i
const RULE = '-'.repeat(100)

/** Checks whether a file at the top of a package is a licence or a notice. */
export function isLicenceFile(name: string): boolean {
  return LICENCE_FILE.test(name)
}

/** Reads the notice of the package in `folder`. @throws {Error} if it does not have a package.json with name and version. */
export function readNotice(folder: string): Notice {
  const { name, version, license } = manifestSchema.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  )
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isLicenceFile(entry.name))
    .map((entry) => entry.name)
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return { name, version, licence: license ?? 'not named in its package.json', texts }
}

/** Formats THIRD-PARTY-NOTICES: a table of the packages, then the licence text of each, sorted by name. */
export function formatNotices(packName: string, notices: readonly Notice[]): string {
  const sorted = [...notices].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
  const table = sorted.map(({ name, version, licence }) => `${name} ${version}: ${licence}`)
  const texts = sorted.map(({ name, version, licence, texts }) => {
    const text =
      texts.length > 0 ? texts.join('\n\n') : `The package has no licence file. Its package.json says: ${licence}.`
    return `${RULE}\n${name} ${version}\n${RULE}\n\n${text}\n`
  })
  const head = [
    `${packName} includes the packages below, each under its own licence. Istmo’s own licence is in LICENSE.`,
    'They come without type declarations, source maps and install scripts. Nothing else is changed.',
  ]
  return [...head, '', ...table, '', ...texts].join('\n')
}
