import type { Entry } from '../../contract/audit-log/entry.ts'
import type { MandateDocument } from '../../contract/trust/mandate-document.ts'
import { hashPayload, type PersonalJws } from '../../contract/trust/personal-jws.ts'

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
