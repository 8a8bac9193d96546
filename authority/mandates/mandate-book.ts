import { hash as digest } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseNote } from '../../audit/note/note.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, parseEntry, UnreadableEntryError } from '../../contract/audit-log/entry.ts'
import {
  MANDATE_TYPE,
  type MandateDocument,
  mandateTime,
  verifyMandate,
  verifyMandateDraft,
} from '../../contract/trust/mandate-document.ts'
import { DocumentError, hashPayload, type PersonalJws, verifyPersonalJws } from '../../contract/trust/personal-jws.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'

/**
 * The mandates of an authority as its log tells them: drafted, then approved, then revoked. A mandate whose last day is over is not written
 * down as such, because the clock says it. The same entries always make the same book.
 */

/** How far a mandate has come. Nothing leads back. */
export type MandateState = 'DRAFTED' | 'APPROVED' | 'REVOKED'

/** A mandate in the book. */
export interface BookedMandate {
  /** The mandate hash. */
  readonly hash: string
  readonly document: MandateDocument
  /** The document with the signatures that it has so far. */
  readonly jws: PersonalJws
  readonly state: MandateState
  readonly drafterKid: string
  /** Null while nobody has approved it. */
  readonly approverKid: string | null
  /** The index of the log's entry that proves the mandate; null while nobody has approved it. */
  readonly index: number | null
}

/** What the log tells. */
export interface MandateBook {
  /** By mandate hash, in the order of their drafts. */
  readonly mandates: Map<string, BookedMandate>
  /** The mandate hash of each document id. */
  readonly ids: Map<string, string>
  /** The salted hash of the person who used each key first, by the key's thumbprint. A key belongs to one person for ever. */
  readonly keys: Map<string, string>
  /** Mandates whose revocation is being written. They are not in force any more: no token may leave after the entry. */
  readonly ending: Set<string>
}

/** The kinds of entries from which the book is made. */
export type BookEntry = Extract<Entry, { readonly kind: 'mandate-draft' | 'mandate' | 'mandate-revocation' }>

/** Makes an empty book. */
export function createBook(): MandateBook {
  return { mandates: new Map(), ids: new Map(), keys: new Map(), ending: new Set() }
}

/** Whether the book is made from an entry. */
export function isBookEntry(entry: Entry): entry is BookEntry {
  return entry.kind === 'mandate-draft' || entry.kind === 'mandate' || entry.kind === 'mandate-revocation'
}

/**
 * Writes an entry into the book. An entry that does not follow from the ones before changes nothing.
 * @param index its index in the log
 * @param signed the document that the entry names; undefined for a revocation, whose text the book does not need.
 */
export function bookEntry(
  book: MandateBook,
  entry: BookEntry,
  index: number,
  signed: { readonly document: MandateDocument; readonly jws: PersonalJws } | undefined,
): void {
  const before = book.mandates.get(entry.mandate)
  const isDocument = signed !== undefined && hashPayload(signed.jws.payload) === entry.mandate
  if (entry.kind === 'mandate-draft' && before === undefined && isDocument && !book.ids.has(signed.document.id)) {
    book.ids.set(signed.document.id, entry.mandate)
    const { document, jws } = signed
    const parts = { document, jws, state: 'DRAFTED', drafterKid: entry.key, approverKid: null, index: null } as const
    book.mandates.set(entry.mandate, { hash: entry.mandate, ...parts })
  } else if (entry.kind === 'mandate' && before?.state === 'DRAFTED' && isDocument) {
    book.mandates.set(entry.mandate, { ...before, jws: signed.jws, state: 'APPROVED', approverKid: entry.key, index })
  } else if (entry.kind === 'mandate-revocation' && before !== undefined && before.state !== 'REVOKED') {
    book.mandates.set(entry.mandate, { ...before, state: 'REVOKED' })
  } else return
  if (!book.keys.has(entry.key)) book.keys.set(entry.key, entry.person)
}

/** Makes the book of mandates from the log. */

/** A mandate and how far it has come. `EXPIRED`: its last day is over before it was revoked. */
export interface ListedMandate {
  readonly hash: string
  readonly document: MandateDocument
  readonly state: BookedMandate['state'] | 'EXPIRED'
  /** The thumbprints of the keys of both persons; the approver's is null while nobody has approved it. */
  readonly drafterKid: string
  readonly approverKid: string | null
  /** The index of the log's entry that proves the mandate; null while nobody has approved it. */
  readonly index: number | null
}

/**
 * Reads the mandates of an authority from the published files of its log, which may be open. It verifies the documents, and not the log: for
 * that, there is `istmo audit verify`.
 * @param home the home of the authority's audit log
 * @throws {Error} if there is no log, or a file of it cannot be read.
 */
export async function listFromLog(home: string, nowMs: number): Promise<readonly ListedMandate[]> {
  const readKept = (name: string) => readFile(join(home, AUDIT_LOG_FOLDERS.kept, name), 'utf8').catch(() => undefined)
  const book = createBook()
  for await (const { index, entry } of readPublished(home)) {
    await replay({ readKept, onDamaged: () => undefined }, book, entry, index)
  }
  return [...book.mandates.values()].map((mandate) => toListed(mandate, nowMs))
}

/**
 * Finds the entry that gave a person a salted hash. Its id is also that of the salt, which can be erased.
 * @param home the home of the authority's audit log
 * @returns undefined if the published log has no such entry.
 */
export async function findPersonEntry(home: string, personHash: string): Promise<string | undefined> {
  for await (const { entry } of readPublished(home)) {
    if (entry.kind === 'person-hash' && entry.person === personHash) return entry.id
  }
  return undefined
}

/** Reads the published entries that this version knows. */
async function* readPublished(home: string): AsyncGenerator<{ readonly index: number; readonly entry: Entry }> {
  const source = folderSource(join(home, AUDIT_LOG_FOLDERS.log))
  const checkpoint = await source.read('checkpoint')
  if (checkpoint === undefined) throw new Error(`${home}: expected the home of an authority’s audit log; it has no log`)
  for await (const { index, bytes } of readEntries(source, parseCheckpoint(parseNote(checkpoint).text).size)) {
    const entry = readKnown(bytes)
    if (entry !== null) yield { index, entry }
  }
}

/** Reads an entry. Null for one of a later version, which makes no row and no mandate of this version. */
export function readKnown(bytes: Uint8Array): Entry | null {
  try {
    return parseEntry(bytes)
  } catch (error) {
    if (error instanceof UnreadableEntryError && error.isUnknownForm) return null
    throw error
  }
}

/** The content store, and what is called with the hash of a mandate whose document it lacks. */
interface ReplayedFiles {
  readonly readKept: (name: string) => Promise<string | undefined>
  readonly onDamaged: (hash: string) => void
}

/** Takes one entry of the log into the book. A document that the content store lacks, or has otherwise, is reported and left out. */
export async function replay(
  { readKept, onDamaged }: ReplayedFiles,
  book: MandateBook,
  entry: Entry,
  index: number,
): Promise<void> {
  if (!isBookEntry(entry)) return
  if (entry.kind === 'mandate-revocation') return bookEntry(book, entry, index, undefined)
  const text = await readKept(entry.document)
  const signed = text === undefined || digest('sha256', text) !== entry.document ? null : await readSigned(text)
  if (signed?.hash !== entry.mandate) return onDamaged(entry.mandate)
  bookEntry(book, entry, index, signed)
}

/** Says how far a mandate has come at a moment. */
export function toListed(
  { hash, document, state, drafterKid, approverKid, index }: BookedMandate,
  nowMs: number,
): ListedMandate {
  const isOver = state !== 'REVOKED' && mandateTime(document, nowMs) === 'OVER'
  return { hash, document, state: isOver ? 'EXPIRED' : state, drafterKid, approverKid, index }
}

/** A draft or a mandate that the log names. */
interface ReadMandate {
  readonly document: MandateDocument
  readonly hash: string
  readonly jws: PersonalJws
}

/** Reads a draft or a mandate from the content store, and verifies its signatures again. Resolves to null if they are not valid. */
async function readSigned(text: string): Promise<ReadMandate | null> {
  try {
    const { signatures } = await verifyPersonalJws(text, MANDATE_TYPE)
    if (signatures.length === 1) return await verifyMandateDraft(text)
    // Whether the approver's key still counts is asked on each use.
    return await verifyMandate(text, new Set(signatures.map(({ kid }) => kid)))
  } catch (error) {
    if (error instanceof DocumentError) return null
    throw error
  }
}
