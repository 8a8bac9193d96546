import { createHash } from 'node:crypto'
import { GraphQLError, parse } from 'graphql'
import { z } from 'zod'
import { IstmoError } from '../../contract/errors.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import type { RequestedDocument } from '../types/front.ts'

/** The texts of trusted documents, by their id in the list. */
export type DocumentList = ReadonlyMap<string, string>

/** What the gateway does with a document that is not listed: `enforce` rejects it; `log` runs it and logs its hash. */
export const DOCUMENTS_MODES = ['enforce', 'log'] as const
/** One of {@link DOCUMENTS_MODES}. */
export type DocumentsMode = (typeof DOCUMENTS_MODES)[number]

const listSchema = z.record(z.string().min(1), z.string().min(1))

/**
 * Reads a list of trusted documents: a JSON object id → text, such as the `persisted-documents.json` that the client preset of
 * graphql-codegen writes. An id is opaque: the generator chooses the hash.
 * @throws {Error} if the list is malformed. The message names the id, never a text.
 */
export function parseDocumentList(json: string): DocumentList {
  const parsed = listSchema.safeParse(parseJson(json))
  if (!parsed.success) throw new Error('expected a JSON object of ids, each with the text of a document')
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

/** What {@link findDocument} works with. */
export interface DocumentsSettings {
  readonly list: DocumentList
  readonly mode: DocumentsMode
  /** Called for each document that passes although it is not listed. @param hash the SHA-256, in hex, of its text without values. */
  readonly onUnlisted: (hash: string) => void
}

/**
 * Finds the listed text that a request asks for. The request gives the text itself or its id (`documentId` of the GraphQL-over-HTTP
 * appendix on persisted documents, with or without the name of the hash before it, or the hash of automatic persisted queries).
 * @returns null if the document is not listed and the gateway runs it as it came, or if there is no text and the caller need not send a listed one: what
 * reads the request then rejects it as malformed, or tells a client with automatic persisted queries to send the text.
 * @throws {IstmoError} `DOCUMENT_NOT_TRUSTED`
 */
export function findDocument(requested: RequestedDocument, settings: DocumentsSettings): string | null {
  const { query, documentId, persistedHash } = requested
  const id = documentId ?? persistedHash
  const listed = typeof id === 'string' ? findById(settings.list, id) : undefined
  if (listed !== undefined && (isMissing(query) || query === listed)) return listed
  if (listed === undefined && typeof query === 'string' && isListed(query, settings.list)) return query
  const isWithoutId = isMissing(documentId) && listed === undefined
  if (settings.mode === 'log' && typeof query !== 'string' && isWithoutId) return null
  // An id that is not listed has no text to run. An id that is listed must not be sent with another text.
  if (settings.mode === 'enforce' || typeof query !== 'string' || listed !== undefined) {
    throw new IstmoError('DOCUMENT_NOT_TRUSTED')
  }
  settings.onUnlisted(createHash('sha256').update(emptyValues(query)).digest('hex'))
  return null
}

function isMissing(member: unknown): boolean {
  return member === undefined || member === null
}

/** Whether a text is in the list. */
export function isListed(text: string, list: DocumentList): boolean {
  return textsOf(list).has(text)
}

/** Comments, strings, names and numbers of GraphQL. Names are matched so that a digit in a name is not a number. */
const TOKENS =
  /#[^\n\r]*|"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n\r])*"|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9.eE+-]*/g

/**
 * Empties the strings, numbers and comments of a text, so that its hash confirms no guess of a value. A text without any stays as it is, and
 * its hash is the one that generators of documents compute.
 */
function emptyValues(text: string): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith('#')) return ''
    if (token.startsWith('"')) return '""'
    return /^[-0-9]/.test(token) ? '0' : token
  })
}

function findById(list: DocumentList, id: string): string | undefined {
  return list.get(id) ?? list.get(id.replace(/^[a-z0-9]+:/, ''))
}

const textsOf = rememberByObject((list: DocumentList): ReadonlySet<string> => new Set(list.values()))
