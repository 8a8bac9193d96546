/** The files of a country that a probe looks at. They come over the network, so they name no other file than those that came with them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IstmoError } from '../../contract/errors.ts'
import { PROBE_REQUEST, type ProbeRequest } from '../../contract/probe.ts'
import { listFilesNamedIn, type NamedFile } from '../../service/country-file-names.ts'

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
  const missing = listNames(text).filter(({ file }) => !Object.hasOwn(files, file))
  if (missing.length > 0) {
    const places = missing.map(({ path }) => path.join('.')).join(', ')
    throw new IstmoError(
      'BAD_REQUEST',
      `expected beside ${country}.yaml each file that it names; missing are those of ${places}`,
    )
  }
  // It would be read as the file of another country, with the files of this machine that it names.
  const other = Object.keys(files).find((name) => name !== `${country}.yaml` && /\.ya?ml$/i.test(name))
  if (other !== undefined)
    throw new IstmoError('BAD_REQUEST', `expected ${country}.yaml and no other YAML file; came ${other}`)
  return parsed.data
}

function listNames(text: string): readonly NamedFile[] {
  try {
    return listFilesNamedIn(text)
  } catch {
    throw new IstmoError('BAD_REQUEST', 'expected a country’s file in YAML; came something else')
  }
}

/** Writes the files into a folder of their own for as long as `read` needs it. */
export async function withFiles<Read>({ files }: ProbeRequest, read: (folder: string) => Promise<Read>): Promise<Read> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-probe-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
    return await read(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
