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
import { DocumentError, type PersonalJws, verifyPersonalJws } from '../../contract/trust/personal-jws.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { type BookedMandate, bookEntry, createBook, isBookEntry, type MandateBook } from './mandate-book.ts'
import type { MandatesOptions } from './options.ts'

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

function readKnown(bytes: Uint8Array): Entry | null {
  try {
    return parseEntry(bytes)
  } catch (error) {
    if (error instanceof UnreadableEntryError && error.isUnknownForm) return null
    throw error
  }
}

/** Takes one entry of the log into the book. A document that the content store lacks, or has otherwise, is reported and left out. */
export async function replay(
  { readKept, onDamaged }: Pick<MandatesOptions, 'readKept' | 'onDamaged'>,
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
