/** What a country sends to a gateway: its file, and the files that it names. None of them is secret. */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { parse as parseYaml, stringify } from 'yaml'
import { isCountryCode } from '../../contract/country-code.ts'
import { isPlainName, type ProbeRequest } from '../../contract/probe.ts'
import { listFilesNamedIn, type NamedFile } from '../../service/country-file-names.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { readPlainFile } from '../../service/read-plain-file.ts'
import { UsageError } from '../../service/usage-error.ts'

/**
 * Finds the file of a country: the path itself, or the one `<CC>.yaml` of a folder, of its `bundle/<CC>` or of its `rules`.
 * @throws {UsageError} if there is none, or more than one.
 */
export async function findCountryFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new UsageError(`expected the path of a country's file or of its folder; came ${path}`)
  if (!found.isDirectory()) return path
  const bundles = [path, join(path, 'bundle')].map(async (folder) => {
    const names = await readdir(folder).catch((): string[] => [])
    return names.filter(isCountryCode).map((name) => join(folder, name))
  })
  const own = (await Promise.all(bundles)).flat()
  if (own.length > 1) throw new UsageError(`${path}: expected the folder of one country; came ${own.join(', ')}`)
  for (const folder of [...own, path, join(path, 'rules')]) {
    const names = await readdir(folder).catch((): string[] => [])
    const files = names.filter((name) => /^[A-Z]{2}\.yaml$/.test(name) && isCountryCode(name.slice(0, 2)))
    if (files.length > 1) throw new UsageError(`${folder}: expected one country's file; came ${files.join(', ')}`)
    if (files[0] !== undefined) return join(folder, files[0])
  }
  throw new UsageError(`${path}: expected a country's file, such as HN.yaml; came none. \`istmo join\` makes one`)
}

/**
 * Reads a country's file and each file that it names. A name with a folder is replaced, because what is sent has no folders.
 * @throws {UsageError} if a file cannot be read, or the country's file is not named after a country.
 */
export async function collectBundle(file: string): Promise<ProbeRequest> {
  const country = basename(file).replace(/\.ya?ml$/, '')
  if (!isCountryCode(country))
    throw new UsageError(`expected a country's file, such as HN.yaml; came ${basename(file)}`)
  const text = read(file, file)
  const named = listNames(file, text)
  const files: Record<string, string> = {}
  const renamed: { readonly path: NamedFile['path']; readonly name: string }[] = []
  for (const [at, { path, file: other }] of named.entries()) {
    const name = isPlainName(other) ? other : `${at}-${basename(other).replace(/[^\w.-]/g, '_')}`
    if (name !== other) renamed.push({ path, name })
    files[name] = read(resolve(dirname(file), other), `${file}: ${path.join('.')}`)
  }
  files[`${country}.yaml`] = renamed.length === 0 ? text : rename(text, renamed)
  return { country, files }
}

function listNames(file: string, text: string): readonly NamedFile[] {
  try {
    return listFilesNamedIn(text)
  } catch (error) {
    throw new UsageError(`${file}: expected a YAML file: ${(error as Error).message}`)
  }
}

/** The largest file that a gateway takes, in bytes (contract/probe.ts). */
const MAX_FILE = 100_000

function read(path: string, what: string): string {
  let text: string
  try {
    text = readPlainFile(path, MAX_FILE)
  } catch (error) {
    throw new UsageError(`${what}: expected a file that can be read; ${path}: ${describeFileError(error)}`)
  }
  // Whoever looks at the bundle of another country must not send a file of this machine that the bundle names.
  if (looksSecret(text)) throw new UsageError(`${what}: expected a file for others; came a secret: ${path}`)
  return text
}

/** What looks like a secret of ours: a private key in PEM, a private JWK, the signer key of a log. */
const SECRET = /PRIVATE KEY|"d"\s*:|PRIVATE\+KEY\+/

/** Whether a text looks like a secret, so that it must not go to others. */
export function looksSecret(text: string): boolean {
  return SECRET.test(text)
}

/** Writes a country's file with other names. Its comments are lost, and so are its lines. */
function rename(text: string, renamed: readonly { readonly path: NamedFile['path']; readonly name: string }[]): string {
  // As JSON, so that places which share a value by an alias do not share the new name.
  const value: unknown = JSON.parse(JSON.stringify(parseYaml(text)))
  for (const { path, name } of renamed) {
    const holder = path
      .slice(0, -1)
      .reduce<unknown>((at, part) => (at as Record<string | number, unknown>)[part], value)
    ;(holder as Record<string | number, unknown>)[path.at(-1) ?? ''] = name
  }
  return stringify(value)
}
