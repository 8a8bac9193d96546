/** The file of candidates, which a person completes, and the file beside it that says who was asked about. */
import { open, readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ifThere } from '../../audit/if-there.ts'
import { parseJson } from '../../contract/json-value.ts'
import { UsageError } from '../../service/usage-error.ts'
import { formatLine } from '../decisions/read-table.ts'
import type { Candidate } from './ask-hits.ts'

/** The columns. A person completes `otherId` and the last three. */
const HEAD =
  'kind,id,name,country,band,matched,contactPoint,otherId,matchedName,askedOn,requestId,confirmed,confirmedBy,confirmedOn\n'

const CODES = z.array(z.string().regex(/^[A-Z]{2}$/u)).readonly()

const ASKED = z.strictObject({
  persons: z.array(z.string()).readonly(),
  /** The countries that have answered, and those that have not. */
  answered: CODES,
  open: CODES,
  requestId: z.string(),
  /** RFC 3339. */
  at: z.string(),
})

/** What was asked about some persons. */
export type AskedPersons = z.infer<typeof ASKED>

/** Returns the path of the file that says who was asked about. */
export function askedFileOf(path: string): string {
  return `${path}.asked.jsonl`
}

/**
 * Reads who was asked about before, with the countries that still have to answer: an empty list if none has.
 * @throws {UsageError} if the file of candidates is not one, so that nothing is appended to another file.
 */
export async function readAsked(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const candidates = await ifThere(readFile(path, 'utf8'))
  const bare = candidates?.replace(/^\uFEFF/u, '')
  if (bare !== undefined && bare !== '' && !bare.startsWith(HEAD)) {
    throw new UsageError(
      `--out: expected a file with the columns that this command writes; ${path} has others, or a spreadsheet saved it in another form. Name another file`,
    )
  }
  const asked = new Map<string, readonly string[]>()
  const lines = ((await ifThere(readFile(askedFileOf(path), 'utf8'))) ?? '').split('\n')
  for (const [at, line] of lines.entries()) {
    if (line === '') continue
    const parsed = ASKED.safeParse(parseJson(line))
    // A crash may have cut the last line: then its persons are asked about again.
    if (!parsed.success && at >= lines.length - 2) continue
    if (!parsed.success)
      throw new UsageError(
        `${askedFileOf(path)}, line ${at + 1}: expected a line that this command wrote; came another`,
      )
    for (const person of parsed.data.persons) asked.set(person, parsed.data.open)
  }
  return asked
}

/** Appends what one question brought: first the candidates, then who was asked about. After a crash between them, candidates can be there twice. */
export async function appendAsked(
  path: string,
  candidates: readonly (Candidate & { readonly name: string })[],
  asked: AskedPersons,
): Promise<void> {
  const day = asked.at.slice(0, 10)
  const lines = candidates.map((candidate) => {
    const { id, name, country, band, matched, contactPoint, otherId, matchedName, requestId } = candidate
    const found = [id, name, country, band, matched, contactPoint, otherId, matchedName, day, requestId]
    return formatLine(['PERSON', ...found, '', '', ''])
  })
  await append(path, lines.join(''), HEAD)
  await append(askedFileOf(path), `${JSON.stringify(asked)}\n`, '')
}

/** Appends text to a file that only its owner can read. What a crash or an editor left without an end does not become a part of it. */
async function append(path: string, text: string, head: string): Promise<void> {
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    const last = size === 0 ? null : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0]
    const start = size === 0 ? head : last === 0x0a ? '' : '\n'
    await file.appendFile(`${start}${text}`)
    await file.sync()
  } finally {
    await file.close()
  }
}
