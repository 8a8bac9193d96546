import { IstmoError } from '../../../contract/errors.ts'
import { GIVEN_LIFETIME_S } from '../../../contract/trust/given-ids.ts'
import type { VerifiedQuestion } from '../../../contract/trust/question-statement.ts'

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
