import { isRecordId } from '../../../contract/record-id.ts'

/** A note of an officer about a record. It stays in the browser. */
export interface Note {
  /** A UUID, by which a note of a file is recognised as one that is there already. */
  readonly id: string
  /** What kind of record it is about. */
  readonly kind: 'person' | 'case'
  /** The id of the record, such as `GT:P-000001`. */
  readonly record: string
  readonly text: string
  /** When it was written or changed last, in milliseconds since the epoch. */
  readonly changedAt: number
}

/** The longest text of a note, in UTF-16 units. */
export const MOST_LETTERS = 4_000

/** The most notes of one file. */
const MOST_NOTES = 10_000

const VERSION = 1

/** Why a file of notes was not taken. */
export type NotesProblem =
  /** It is not a file of notes at all. */
  | { readonly kind: 'NOT_NOTES' }
  /** It has a version that this console does not know. */
  | { readonly kind: 'VERSION'; readonly version: string }
  /** One of its notes does not have the form of a note; the first has the number 1. */
  | { readonly kind: 'NOTE'; readonly number: number }
  | { readonly kind: 'TOO_MANY'; readonly count: number }

/** Writes notes as a file, the oldest first. It names no officer. */
export function writeNotesFile(notes: readonly Note[]): string {
  const plain = mergeNotes(notes, []).map(({ id, kind, record, text, changedAt }) => ({
    id,
    kind,
    record,
    text,
    changedAt,
  }))
  return `${JSON.stringify({ istmo: 'notes', version: VERSION, notes: plain }, null, 2)}\n`
}

/** Reads a file of notes. Nothing of a file with a problem is taken. */
export function readNotesFile(text: string): readonly Note[] | NotesProblem {
  const file = parseObject(text)
  if (file?.istmo !== 'notes' || !Array.isArray(file.notes)) return { kind: 'NOT_NOTES' }
  if (file.version !== VERSION) return { kind: 'VERSION', version: String(file.version).slice(0, 20) }
  if (file.notes.length > MOST_NOTES) return { kind: 'TOO_MANY', count: file.notes.length }
  const notes: Note[] = []
  for (const [index, value] of file.notes.entries()) {
    const note = readNote(value)
    if (note === null) return { kind: 'NOTE', number: index + 1 }
    notes.push(note)
  }
  return notes
}

/** Joins notes: of two with one id, the one that was changed last stays. The order of the arguments does not matter. The oldest comes first. */
export function mergeNotes(some: readonly Note[], others: readonly Note[]): readonly Note[] {
  const byId = new Map<string, Note>()
  for (const note of [...some, ...others]) {
    const known = byId.get(note.id)
    if (known === undefined || isLater(note, known)) byId.set(note.id, note)
  }
  return [...byId.values()].sort((left, right) => left.changedAt - right.changedAt || (left.id < right.id ? -1 : 1))
}

/** Whether a note is the later one of two with one id. Of two that were changed at one time, the greater text is. */
function isLater(note: Note, known: Note): boolean {
  if (note.changedAt !== known.changedAt) return note.changedAt > known.changedAt
  return JSON.stringify([note.text, note.record, note.kind]) > JSON.stringify([known.text, known.record, known.kind])
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}

function readNote(value: unknown): Note | null {
  if (typeof value !== 'object' || value === null) return null
  const { id, kind, record, text, changedAt } = value as Readonly<Record<string, unknown>>
  const isNote =
    typeof id === 'string' &&
    /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id) &&
    (kind === 'person' || kind === 'case') &&
    isRecordId(record) &&
    typeof text === 'string' &&
    text.trim() !== '' &&
    text.length <= MOST_LETTERS &&
    typeof changedAt === 'number' &&
    Number.isSafeInteger(changedAt) &&
    changedAt >= 0
  return isNote ? { id, kind, record, text, changedAt } : null
}
