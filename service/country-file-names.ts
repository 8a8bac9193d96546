/** The other files that a country's file names, for whoever sends it somewhere or takes it in. */
import { parse as parseYaml } from 'yaml'

/** A file that a country's file names. */
export interface NamedFile {
  /** Where: `['domains', 'cases', 'tls', 'ca']`. */
  readonly path: readonly (string | number)[]
  /** The path as it stands there: relative to the folder of the country's file, if it is not absolute. */
  readonly file: string
}

const ADDRESS = /^https?:/i

/**
 * Lists each file that a country's file names, wherever it does. The file need not be right otherwise.
 * @param text the text of `<CC>.yaml`.
 * @throws {Error} if it is not YAML.
 */
export function listFilesNamedIn(text: string): readonly NamedFile[] {
  const { policies, domains, callers, receipts } = asObject(parseYaml(text))
  const found: readonly (readonly [NamedFile['path'], unknown])[] = [
    [['policies'], policies],
    ...Object.entries(asObject(domains)).flatMap(([domain, settings]) => {
      const { sdl, tls } = asObject(settings)
      return [[['domains', domain, 'sdl'], sdl] as const, [['domains', domain, 'tls', 'ca'], asObject(tls).ca] as const]
    }),
    ...asList(callers).flatMap((caller, at) => {
      const { jwks, tls } = asObject(caller)
      return [[['callers', at, 'jwks'], jwks] as const, [['callers', at, 'tls', 'ca'], asObject(tls).ca] as const]
    }),
    ...asList(asObject(receipts).rotations).map((proof, at) => [['receipts', 'rotations', at], proof] as const),
  ]
  return found.flatMap(([path, file]) => (typeof file === 'string' && !ADDRESS.test(file) ? [{ path, file }] : []))
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
