import { createHash } from 'node:crypto'
import { GraphQLError, parse } from 'graphql'
import { z } from 'zod'
import { IstmoError } from '../../contract/errors.ts'

/** Documents that were looked at beforehand: by their id, as the list gives it. */
export type DocumentList = ReadonlyMap<string, string>

/** Whether a document that is not listed is refused, or let through and told of. */
export const DOCUMENTS_MODES = ['enforce', 'log'] as const
/** One of {@link DOCUMENTS_MODES}. */
export type DocumentsMode = (typeof DOCUMENTS_MODES)[number]

const listSchema = z.record(z.string().min(1), z.string().min(1))

/**
 * Reads a list of trusted documents: a JSON object id → text, the `persisted-documents.json` that the client preset of
 * graphql-codegen writes. An id is opaque: it is whatever hash the generator was told to take.
 * @throws {Error} naming what is wrong, by id; never a text.
 */
export function parseDocumentList(json: string): DocumentList {
  const parsed = listSchema.safeParse(parseJson(json))
  if (!parsed.success) throw new Error('expected a JSON object of ids with the text of a document each')
  for (const [id, text] of Object.entries(parsed.data)) checkGraphQL(id, text)
  return new Map(Object.entries(parsed.data))
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new Error('expected JSON')
  }
}

function checkGraphQL(id: string, text: string): void {
  try {
    parse(text, { noLocation: true })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    throw new Error(`expected a GraphQL document at ${JSON.stringify(id)}`)
  }
}

/** What a request asks to be run, as it came. */
export interface AskedDocument {
  readonly query: unknown
  readonly variables: unknown
  readonly documentId: unknown
}

/** What {@link findDocument} goes by. */
export interface DocumentsSettings {
  readonly list: DocumentList
  readonly mode: DocumentsMode
  /** Told of a document that is let through though it is not listed: its SHA-256, in hex. */
  readonly onStranger: (hash: string) => void
}

/**
 * The listed text that a request asks for, by its id (`documentId` of the GraphQL-over-HTTP appendix on persisted documents, with or
 * without the name of the hash before it) or in full; null where it is not listed and may stand as it came.
 * @throws {IstmoError} `DOCUMENT_NOT_TRUSTED`
 */
export function findDocument(asked: AskedDocument, settings: DocumentsSettings): string | null {
  const { query, documentId } = asked
  const listed = typeof documentId === 'string' ? byId(settings.list, documentId) : undefined
  if (listed !== undefined && (query === undefined || query === null || query === listed)) return listed
  if (listed === undefined && typeof query === 'string' && textsOf(settings.list).has(query)) return query
  // An id that is not listed has no text to run; one that is listed must not lend its name to another text.
  if (settings.mode === 'enforce' || typeof query !== 'string' || listed !== undefined) {
    throw new IstmoError('DOCUMENT_NOT_TRUSTED')
  }
  settings.onStranger(createHash('sha256').update(query).digest('hex'))
  return null
}

function byId(list: DocumentList, id: string): string | undefined {
  return list.get(id) ?? list.get(id.replace(/^[a-z0-9]+:/, ''))
}

const texts = new WeakMap<DocumentList, ReadonlySet<string>>()

function textsOf(list: DocumentList): ReadonlySet<string> {
  const known = texts.get(list)
  if (known) return known
  const made = new Set(list.values())
  texts.set(list, made)
  return made
}
