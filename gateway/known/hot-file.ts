/**
 * The text of the file in which a gateway keeps the operations that most callers asked, for its next start. It holds nothing that a caller wrote:
 * of a trusted document only its hash, and of another operation only its structure (`is-structure.ts`).
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../../contract/json-value.ts'
import type { KnownOperation } from '../types/planning.ts'
import { isOurVariable, isStructure } from './is-structure.ts'

/** The form of the file. Another number is another form, which this release does not read. */
const FORM = 1

/** How long the file may be, in bytes. */
export const MAX_FILE_BYTES = 8 * 2 ** 20

/** How many fields may be removed from one operation. */
const MAX_REMOVED = 10_000

const name = z.string().regex(/^[_A-Za-z][_0-9A-Za-z]{0,255}$/)
const conditions = z.record(name, z.boolean())
const removed = z
  .array(z.string().regex(/^[_A-Za-z][_0-9A-Za-z]{0,255}\.[_A-Za-z][_0-9A-Za-z]{0,255}$/))
  .max(MAX_REMOVED)
const rowSchema = z.union([
  z.strictObject({ document: z.string().regex(/^[0-9a-f]{64}$/), operation: name.optional(), conditions, removed }),
  z.strictObject({ text: z.string().min(1), conditions, removed }),
])
type Row = z.infer<typeof rowSchema>
const fileSchema = z.strictObject({ form: z.literal(FORM), operations: z.array(z.unknown()) })

/** What was read from a file, and how many of its operations were left out because they are not what the gateway writes. */
export interface ReadHotFile {
  readonly operations: readonly KnownOperation[]
  readonly wrong: number
}

/**
 * Writes the file.
 * @param operations the hottest first.
 * @param isTrusted whether a text is a trusted document.
 */
export function formatHotFile(operations: readonly KnownOperation[], isTrusted: (text: string) => boolean): string {
  const lines: string[] = []
  // The frame around the lines is shorter than this.
  let left = MAX_FILE_BYTES - 100
  for (const operation of operations) {
    const row = toRow(operation, isTrusted)
    if (row === null) continue
    const line = JSON.stringify(row)
    left -= Buffer.byteLength(line) + 2
    if (left < 0) break
    lines.push(line)
  }
  return `{ "form": ${FORM}, "operations": [\n${lines.join(',\n')}\n] }\n`
}

/**
 * Reads the text of a file.
 * @param texts the trusted documents now. An operation of another one is left out.
 * @throws {Error} if the text as a whole is not what a gateway writes. The message says no word of the text.
 */
export function parseHotFile(text: string, texts: Iterable<string>, maxOperations: number): ReadHotFile {
  const parsed = fileSchema.safeParse(parseJson(text))
  if (!parsed.success) throw new Error('expected a JSON object with the form 1 and a list of operations')
  const byHash = new Map([...texts].map((trusted) => [hashOf(trusted), trusted]))
  const operations: KnownOperation[] = []
  let wrong = Math.max(0, parsed.data.operations.length - maxOperations)
  for (const each of parsed.data.operations.slice(0, maxOperations)) {
    const row = rowSchema.safeParse(each)
    if (!row.success || !isOurs(row.data)) wrong += 1
    else operations.push(...toOperations(row.data, byHash))
  }
  return { operations, wrong }
}

function toRow({ asked, planned, removedFields }: KnownOperation, isTrusted: (text: string) => boolean): Row | null {
  const removed = [...removedFields].sort()
  if (asked !== null && isTrusted(asked.source)) {
    const { source, operationName, conditions } = asked
    const operation = operationName === undefined ? {} : { operation: operationName }
    return { document: hashOf(source), ...operation, conditions, removed }
  }
  if (planned === null || planned.operationName !== undefined) return null
  const row = { text: planned.source, conditions: planned.conditions, removed }
  return isOurs(row) ? row : null
}

/** Whether a row has nothing that a caller wrote. That of a trusted document has only what the document says. */
function isOurs(row: Row): boolean {
  if ('document' in row) return true
  return Object.keys(row.conditions).every(isOurVariable) && isStructure(row.text)
}

function toOperations(row: Row, byHash: ReadonlyMap<string, string>): readonly KnownOperation[] {
  const removedFields = new Set(row.removed)
  const { conditions } = row
  if ('text' in row) {
    return [{ asked: null, planned: { source: row.text, operationName: undefined, conditions }, removedFields }]
  }
  const source = byHash.get(row.document)
  if (source === undefined) return []
  return [{ asked: { source, operationName: row.operation, conditions }, planned: null, removedFields }]
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
