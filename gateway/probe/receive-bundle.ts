/** The files of a country that a probe looks at. They come over the network, so they name no other file than those that came with them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { IstmoError } from '../../contract/errors.ts'
import { PROBE_REQUEST, type ProbeRequest } from '../../contract/probe.ts'

/**
 * Parses the body of `POST /probe`.
 * @throws {IstmoError} `BAD_REQUEST` if it has another form, or if the country's file names a file that did not come.
 */
export function parseProbeRequest(body: unknown): ProbeRequest {
  const parsed = PROBE_REQUEST.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new IstmoError('BAD_REQUEST', `${issue?.path.join('.') || '(the whole)'}: ${issue?.message}`)
  }
  const { country, files } = parsed.data
  const text = files[`${country}.yaml`]
  if (text === undefined) throw new IstmoError('BAD_REQUEST', `expected the file ${country}.yaml; came none`)
  const missing = listNamedFiles(text).filter((name) => !Object.hasOwn(files, name))
  if (missing.length > 0) {
    const expected = `expected in the bundle each file that ${country}.yaml names, by a name without a folder`
    throw new IstmoError('BAD_REQUEST', `${expected}; ${missing.length} are missing`)
  }
  return parsed.data
}

/** The settings of a country's file that are paths, each with the part of an address that makes it none. */
const ADDRESS = /^https?:/i

/** Lists each file that a country's file names, wherever it does. */
function listNamedFiles(text: string): readonly string[] {
  let file: unknown
  try {
    file = parseYaml(text)
  } catch {
    throw new IstmoError('BAD_REQUEST', 'expected a country’s file in YAML; came something else')
  }
  const { policies, domains, callers, receipts } = asObject(file)
  return [
    policies,
    ...Object.values(asObject(domains)).flatMap((domain) => [
      asObject(domain).sdl,
      asObject(asObject(domain).tls).ca,
    ]),
    ...asList(callers).flatMap((caller) => [asObject(caller).jwks, asObject(asObject(caller).tls).ca]),
    ...asList(asObject(receipts).rotations),
  ].filter((name): name is string => typeof name === 'string' && !ADDRESS.test(name))
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Writes the files into a folder of their own for as long as `read` needs it. */
export async function withFiles<Read>(
  { files }: ProbeRequest,
  read: (folder: string) => Promise<Read>,
): Promise<Read> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-probe-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
    return await read(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
