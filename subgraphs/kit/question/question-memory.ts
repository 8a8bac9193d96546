import { type DocumentNode, parse } from 'graphql'
import { LRUCache } from 'lru-cache'
import { IstmoError } from '../../../contract/errors.ts'
import { sha256Url } from '../../../contract/trust/digest.ts'
import { GIVEN_LIFETIME_S } from '../../../contract/trust/given-ids.ts'
import {
  type AskedFields,
  type QuestionDocument,
  readQuestionDocument,
} from '../../../contract/trust/question-document.ts'
import type { VerifiedQuestion } from '../../../contract/trust/question-statement.ts'
import { checkText, LIMITS } from '../execute.ts'
import { badDocument, type ShownQuestion } from './compare-leg.ts'
import type { QuestionContract } from './question-contract.ts'
import { coerceShown, type ShownVariables } from './shown-values.ts'

/**
 * How many questions a node remembers at once. While so many are open, it takes no new one. Each takes some 300 bytes for six minutes, so a country can be
 * asked 680 signed questions a second.
 */
const MAX_QUESTIONS = 250_000
/** How many ids of one question a node remembers. Those behind are as if it had not given them. */
const MAX_IDS_OF_QUESTION = 20_000
/** How many ids of all questions a node remembers. The questions that came first lose theirs first. */
const MAX_IDS = 1_000_000

/**
 * How old a question may be at a node, in seconds: a country token is made within 60 s of the question and ends after 300 s, and the clocks may differ
 * by 5 s (docs/design/trust.md, The country token).
 */
export const MAX_QUESTION_AGE_S = GIVEN_LIFETIME_S

/** What a node remembers of one question, until the question is too old for any leg. */
export interface OpenQuestion {
  /** Counts a leg. @throws {IstmoError} `QUESTION_CAP_REACHED` if the question has had its legs or its rows. */
  countLeg(): void
  /** Counts the rows of an answer. @throws {IstmoError} `QUESTION_CAP_REACHED` if these are too many; nothing of the answer may leave. */
  countRows(rows: number): void
  /** Remembers the ids in an answer of this node, and where its short pages ended (pages.ts). */
  give(ids: Iterable<string>): void
  hasGiven(id: string): boolean
}

/** The questions that a node has had legs of. */
export interface QuestionMemory {
  /** @throws {IstmoError} `RECORDS_UNAVAILABLE` if too many questions are open. */
  open(question: VerifiedQuestion): OpenQuestion
}

interface StoredQuestion {
  legs: number
  rows: number
  /** Null until the node gave an id. */
  ids: Set<string> | null
  readonly untilMs: number
}

/**
 * Creates an empty memory. A restart forgets it, so a node takes no question that is older than its start.
 * @param caps returns the most legs and rows of one question.
 */
export function createQuestionMemory(
  caps: () => { readonly legs: number; readonly rows: number },
  now: () => number,
): QuestionMemory {
  const questions = new Map<string, StoredQuestion>()
  let ids = 0
  // They end nearly in the order in which they came, so this costs what it forgets, however many are open.
  const sweep = (nowMs: number): void => {
    for (const [key, stored] of questions) {
      if (stored.untilMs > nowMs) return
      ids -= stored.ids?.size ?? 0
      questions.delete(key)
    }
  }
  const forgetFirstIds = (): void => {
    for (const stored of questions.values()) {
      if (ids <= MAX_IDS) return
      ids -= stored.ids?.size ?? 0
      stored.ids = null
    }
  }
  return {
    open({ jti, keyThumbprint, iat }) {
      const nowMs = now()
      sweep(nowMs)
      const key = `${keyThumbprint} ${jti}`
      let stored = questions.get(key)
      if (stored === undefined) {
        if (questions.size >= MAX_QUESTIONS) throw new IstmoError('RECORDS_UNAVAILABLE', 'too many questions are open')
        // A node counts the age in whole seconds, so it takes a question during one second more.
        const untilMs = Math.max(nowMs, iat * 1000) + (MAX_QUESTION_AGE_S + 1) * 1000
        stored = { legs: 0, rows: 0, ids: null, untilMs }
        questions.set(key, stored)
      }
      return useQuestion(stored, caps, (added) => {
        ids += added
        if (ids > MAX_IDS) forgetFirstIds()
      })
    },
  }
}

function useQuestion(
  stored: StoredQuestion,
  caps: () => { readonly legs: number; readonly rows: number },
  noteIds: (added: number) => void,
): OpenQuestion {
  return {
    countLeg() {
      if (stored.legs >= caps().legs || stored.rows >= caps().rows) throw new IstmoError('QUESTION_CAP_REACHED')
      stored.legs += 1
    },
    countRows(rows) {
      stored.rows += rows
      if (stored.rows > caps().rows) throw new IstmoError('QUESTION_CAP_REACHED')
    },
    give(ids) {
      stored.ids ??= new Set()
      const given = stored.ids
      const before = given.size
      for (const id of ids) {
        if (given.size >= MAX_IDS_OF_QUESTION) break
        given.add(id)
      }
      noteIds(given.size - before)
    },
    hasGiven: (id) => stored.ids?.has(id) === true,
  }
}

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
interface KnownDocument {
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
