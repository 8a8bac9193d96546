import { type DocumentNode, parse } from 'graphql'
import { LRUCache } from 'lru-cache'
import { IstmoError } from '../../../contract/errors.ts'
import { sha256Url } from '../../../contract/trust/digest.ts'
import {
  type AskedFields,
  type QuestionDocument,
  readQuestionDocument,
} from '../../../contract/trust/question-document.ts'
import { checkText, LIMITS } from '../limits.ts'
import type { ShownQuestion } from './compare-leg.ts'
import { badDocument } from './not-of-question.ts'
import type { QuestionContract } from './question-contract.ts'
import { coerceShown, type ShownVariables } from './shown-values.ts'

/** The largest total of the cached documents' texts, in characters. A parsed document takes about twenty times as many bytes. */
const MAX_CACHED_CHARACTERS = 4_000_000
/** How many sets of conditions of one document are cached. */
const MAX_CACHED_CONDITIONS = 16
/** A document of an officer may be nested deeper than a leg. The parser recurses with it. */
const DOCUMENT_LIMITS = { ...LIMITS, depth: 100 }

/** The documents of questions that the node knows, each parsed once. */
export interface QuestionDocuments {
  /**
   * Returns one operation of the document with this hash.
   * @param text the document, if the leg brought it.
   * @throws {IstmoError} `DOCUMENT_UNKNOWN` if the node does not know the document and the leg brought none.
   * @throws {NotOfQuestion} if it brought another one, one that does not parse, or one without that operation.
   */
  read(hash: string, operationName: string | undefined, text: string | undefined): KnownDocument
}

/** One operation of a document that the node knows. */
export interface KnownDocument {
  /** The texts that are written in it. */
  readonly texts: ReadonlySet<string>
  /** Returns what the question asks for, as far as these variables say. */
  show(variables: ShownVariables): ShownQuestion
}

/** Makes an empty store. The documents that were used least recently leave it first. */
export function createQuestionDocuments(contract: QuestionContract): QuestionDocuments {
  const documents = new LRUCache<string, StoredDocument>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: ({ length }) => Math.max(1, length),
  })
  return {
    read(hash, operationName, text) {
      let stored = documents.get(hash)
      if (stored === undefined) {
        if (text === undefined) throw new IstmoError('DOCUMENT_UNKNOWN')
        stored = parseText(text, hash)
        documents.set(hash, stored)
      }
      const name = operationName ?? ''
      const known = stored.operations.get(name) ?? readOperation(stored.document, operationName, contract)
      stored.operations.set(name, known)
      return known
    },
  }
}

interface StoredDocument {
  readonly length: number
  readonly document: DocumentNode
  readonly operations: Map<string, KnownDocument>
}

function parseText(text: string, hash: string): StoredDocument {
  if (sha256Url(text) !== hash) throw badDocument('expected the document whose hash the question has')
  try {
    checkText(text, DOCUMENT_LIMITS)
    const document = parse(text, { maxTokens: DOCUMENT_LIMITS.tokens, noLocation: true })
    return { length: text.length, document, operations: new Map() }
  } catch (cause) {
    throw badDocument('expected a document that parses', cause)
  }
}

function readOperation(
  document: DocumentNode,
  operationName: string | undefined,
  contract: QuestionContract,
): KnownDocument {
  const operation = readQuestionDocument(document, operationName, contract.schema)
  if (operation === null) throw badDocument('expected the document to have the operation of the question')
  const askedUnder = new LRUCache<string, AskedFields>({ max: MAX_CACHED_CONDITIONS })
  return {
    texts: operation.texts,
    show(variables) {
      const values = coerceShown(operation.variableDefinitions, contract.schema, variables)
      const conditions = readConditions(operation, values.coerced)
      const key = [...conditions.values()].join(' ')
      let asked = askedUnder.get(key)
      if (asked === undefined) {
        asked = contract.close(operation.fieldsUnder((name) => conditions.get(name)))
        askedUnder.set(key, asked)
      }
      return { asked, values, contract }
    },
  }
}

/** Reads the variables of the conditions; a variable that is not known has no value. */
function readConditions(
  { conditionVariables }: QuestionDocument,
  coerced: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, boolean | undefined> {
  return new Map(
    conditionVariables.map((name) => {
      const value = coerced[name]
      return [name, typeof value === 'boolean' ? value : undefined]
    }),
  )
}
