import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isScalar, parse, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../../service/usage-error.ts'
import { COMMITTED_BASE_PORT } from '../ports.ts'

/** The settings that differ from run to run. */
export interface RunSettings {
  readonly basePort: number
  /** The file of the authority that issued the certificates of the nodes. */
  readonly ca: string
  /** Returns the members that name keys of this home. `text`: the country's committed file. */
  readonly membersOf: (country: string, text: string) => Promise<Readonly<Record<string, readonly object[]>>>
  /** Returns the verifier key of a country's own log. Without it, the files name no receipts: a node reads its own file, which needs none. */
  readonly logKeyOf?: (country: string) => Promise<string>
}

/**
 * Writes the configuration of the demo's participants for a run: the committed files with few changes, and the files beside them that they name
 * (policies, SDLs). Each `url` moves from the committed ports to the ports above `basePort`, and to https with the authority of this home. Each file
 * gets the keys of this home: of the country's receipts, and those in `membersOf`.
 * @param from the folder of the committed files, one `<CC>.yaml` for each participant.
 * @throws {UsageError} when a participant has no file there, or a file that it names does not exist.
 */
export async function writeCountriesFolder(
  from: string,
  to: string,
  countries: readonly string[],
  run: RunSettings,
): Promise<void> {
  await mkdir(to, { recursive: true })
  await Promise.all((await readdir(to)).map((name) => rm(join(to, name), { recursive: true })))
  for (const country of countries) {
    const path = join(from, `${country}.yaml`)
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) throw new UsageError(`${path}: expected the configuration of ${country}; came no file`)
    await Promise.all(filesNamedBy(text).map((name) => copyBeside(from, to, name, path)))
    const vkey = await run.logKeyOf?.(country)
    const members = {
      ...(vkey !== undefined && { receipts: { vkey, required: true } }),
      ...(await run.membersOf(country, text)),
    }
    await writeFile(join(to, `${country}.yaml`), withMembers(overTls(movePorts(text, run.basePort), run.ca), members))
  }
}

const namingSchema = z.object({
  policies: z.string().optional(),
  domains: z.record(z.string(), z.object({ url: z.string(), sdl: z.string().optional() })),
})

function filesNamedBy(text: string): readonly string[] {
  const { policies, domains } = namingSchema.parse(parse(text))
  return [policies, ...Object.values(domains).map(({ sdl }) => sdl)].filter((name) => name !== undefined)
}

async function copyBeside(from: string, to: string, name: string, path: string): Promise<void> {
  // All published files are in one folder, because the gateway watches only that folder.
  if (basename(name) !== name) throw new UsageError(`${path}: expected files beside it; came ${name}`)
  const text = await readFile(join(from, name)).catch(() => {
    throw new UsageError(`${path}: expected the file ${name} beside it; came none`)
  })
  await writeFile(join(to, name), text)
}

/** Returns the YAML text with the port of each `url` moved by the distance of `basePort` from the committed base. Changes nothing else. */
export function movePorts(text: string, basePort: number): string {
  const document = parseDocument(text)
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || pair.key.value !== 'url' || !isScalar(pair.value)) return
      const url = new URL(String(pair.value.value))
      url.port = String(Number(url.port) - COMMITTED_BASE_PORT + basePort)
      pair.value.value = url.href
    },
  })
  return document.toString()
}

/** Returns the YAML text with each domain at https, at a server that the authority in the file `ca` knows. */
function overTls(text: string, ca: string): string {
  const document = parseDocument(text)
  const { domains } = namingSchema.parse(document.toJS())
  for (const [domain, { url }] of Object.entries(domains)) {
    document.setIn(['domains', domain, 'url'], url.replace(/^http:/, 'https:'))
    document.setIn(['domains', domain, 'tls'], document.createNode({ ca }))
  }
  return document.toString({ lineWidth: 0 })
}

/** Returns the YAML text with further members. Leaves out empty lists, and changes nothing else. */
function withMembers(text: string, members: Readonly<Record<string, object>>): string {
  const document = parseDocument(text)
  for (const [name, value] of Object.entries(members)) {
    if (!Array.isArray(value) || value.length > 0) document.set(name, value)
  }
  return document.toString({ lineWidth: 0 })
}
