import { createReadStream } from 'node:fs'
import { parse } from 'graphql'
import { z } from 'zod'
import { checkCheckpoint, type Policy } from '../../audit/note/policy.ts'
import { parseTlogProof, provesEntry } from '../../audit/note/tlog-proof.ts'
import { PURPOSES } from '../../contract/access-token.ts'
import { normaliseDocument } from '../../contract/audit-log/document.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { parseJson } from '../../contract/json-value.ts'
import { parseReceiptHeader } from '../../contract/receipt.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { QuestionError, type VerifiedQuestion, verifyQuestion } from '../../contract/trust/question-statement.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { readLines } from '../../service/read-lines.ts'

/**
 * Reads the journal of an officer's tool (docs/design/trust.md, The journal). Nobody signed the file. What an officer's key signed is the
 * statement in each line, and what countries signed are the receipts. So a line counts only as far as these hold.
 */

const leg = z.object({
  country: z.string(),
  domain: z.string(),
  salt: z.string(),
  request: z.string(),
  answer: z.string(),
  receipt: z.string().nullable(),
})

const mandate = z.object({
  type: z.literal('istmo_mandate'),
  task_force: z.string().optional(),
  case: z.string().optional(),
  purposes: z.array(z.enum(PURPOSES)),
  countries: z.array(z.string()),
  legal_basis: z.array(z.string()).optional(),
  not_after: z.string(),
  hash: z.string().optional(),
})

const time = z.iso.datetime()

const line = z.discriminatedUnion('kind', [
  z.object({
    v: z.literal(2),
    kind: z.literal('asked'),
    at: time,
    gateway: z.string(),
    jti: z.string(),
    statement: z.string(),
    document: z.string(),
    mandate: mandate.nullable(),
  }),
  z.object({
    v: z.literal(2),
    kind: z.literal('answered'),
    at: time,
    jti: z.string(),
    status: z.int(),
    codes: z.array(z.string()),
    requestId: z.string().nullable(),
    proof: z.string().nullable(),
    evidence: z
      .object({ legs: z.array(leg), leftOff: z.int().min(0), salt: z.string().nullable().default(null) })
      .nullable(),
  }),
])
type Line = z.infer<typeof line>
type AskedLine = Extract<Line, { readonly kind: 'asked' }>

/** The evidence of one leg, as the tool got it. */
export type JournalLeg = z.infer<typeof leg>

/** How a question was answered. */
export type JournalAnswer = Extract<Line, { readonly kind: 'answered' }>

/** A question in a journal. Its statement holds, and is about this document and gateway. */
export interface JournalQuestion {
  /** The line in the file, from 1. */
  readonly line: number
  /** When the tool signed it, by the clock of its authority, in milliseconds since the epoch. */
  readonly askedMs: number
  readonly statement: VerifiedQuestion
  readonly document: string
  /** The mandate in the access token, as the tool read it; null if it could not. */
  readonly mandate: AskedLine['mandate']
  /** Null if the tool got no answer, or was ended before it wrote it down. */
  readonly answer: JournalAnswer | null
}

/** A line that is not used. `TORN`: it has no end, as a crash leaves it. `INVALID`: nobody signed what it says. */
export interface JournalFault {
  readonly line: number
  readonly kind: 'TORN' | 'INVALID'
  /** For people: what was expected and what came, without a value. */
  readonly reason: string
}

/** What a journal has. */
export interface Journal {
  readonly questions: readonly JournalQuestion[]
  readonly faults: readonly JournalFault[]
}

/** The longest line, in characters: evidence has at most 4,000,000, and JSON may double it. */
const MAX_LINE = 20_000_000

/**
 * Reads a journal. A line that is torn or not valid is a fault, and the others count.
 * @throws {Error} if the file cannot be read.
 */
export async function readJournal(path: string): Promise<Journal> {
  const questions = new Map<string, JournalQuestion>()
  const faults: JournalFault[] = []
  let at = 0
  try {
    for await (const text of readLines(createReadStream(path, 'utf8'))) {
      at++
      const fault = text.trim() === '' ? null : addLine(text, at, questions)
      if (fault !== null) faults.push({ line: at, ...fault })
    }
  } catch (error) {
    throw new Error(`${path}: cannot be read: ${describeFileError(error)}`, { cause: error })
  }
  return { questions: [...questions.values()], faults }
}

type Fault = Omit<JournalFault, 'line'>

function addLine(text: string, at: number, questions: Map<string, JournalQuestion>): Fault | null {
  const read = text.length > MAX_LINE ? null : (parseJson(text) ?? null)
  // A crash leaves the beginning of a line.
  if (read === null) return { kind: 'TORN', reason: 'expected one JSON object; came a part of one, or something else' }
  const parsed = line.safeParse(read)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return invalid(`expected a line of a journal; \`${issue?.path.join('.')}\` is malformed`)
  }
  const known = questions.get(parsed.data.jti)
  if (parsed.data.kind === 'answered') {
    if (known === undefined) return invalid('expected the question of this answer in an earlier line; came none')
    if (known.answer !== null) return invalid('expected one answer to a question; came a second one')
    questions.set(parsed.data.jti, { ...known, answer: parsed.data })
    return null
  }
  if (known !== undefined) return invalid('expected each question once; came one twice')
  const question = toQuestion(parsed.data, at)
  if ('reason' in question) return question
  questions.set(question.statement.jti, question)
  return null
}

/** A time after all statements: how old one is does not matter here. */
const LATER = { now: () => 8_640_000_000_000_000, maxAgeS: Number.POSITIVE_INFINITY }

function toQuestion({ statement: text, ...asked }: AskedLine, at: number): JournalQuestion | Fault {
  try {
    const statement = verifyQuestion(text, { ...LATER, audience: asked.gateway })
    const { jti, doc, iat, undisclosed } = statement
    if (jti !== asked.jti) return invalid('expected `jti` to be that of the statement')
    if (sha256Url(asked.document) !== doc) return invalid('expected the document that the statement is about (`doc`)')
    const hidden = Object.values(undisclosed).reduce((sum, count) => sum + count, 0)
    if (hidden > 0) return invalid(`expected a disclosure for each digest; ${hidden} have none`)
    const { document, mandate: stated } = asked
    return { line: at, askedMs: iat * 1_000, statement, document, mandate: stated, answer: null }
  } catch (error) {
    if (error instanceof QuestionError) return invalid(error.message)
    throw error
  }
}

function invalid(reason: string): Fault {
  return { kind: 'INVALID', reason }
}

/**
 * Returns the hash by which entries name the document of a question (contract/audit-log/document.ts); null if the text is not GraphQL: its
 * tool may have signed anything.
 */
export function hashDocumentOf({ document }: Pick<JournalQuestion, 'document'>): string | null {
  try {
    return normaliseDocument(parse(document)).hash
  } catch {
    return null
  }
}

/**
 * Reads the proofs in journals (`Istmo-Log-Proof`): that a gateway's log had the entry of a request. A proof that does not hold proves nothing, and is left
 * out.
 * @param origin the name of the gateway's log
 * @returns by the id of the request: how many entries the log had, as its key signed it.
 */
export function readProofs(
  journals: readonly Journal[],
  origin: string,
  policies: readonly Policy[],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const { answer } of journals.flatMap(({ questions }) => questions)) {
    const size = answer === null ? null : readProof(answer, origin, policies)
    if (answer?.requestId != null && size !== null) sizes.set(answer.requestId, size)
  }
  return sizes
}

function readProof(
  { requestId, proof: header }: NonNullable<JournalQuestion['answer']>,
  origin: string,
  policies: readonly Policy[],
): number | null {
  for (const policy of header === null ? [] : policies) {
    try {
      const proof = parseTlogProof(parseReceiptHeader(header ?? '') ?? '')
      const { checkpoint } = checkCheckpoint(proof.checkpoint, policy)
      const { extra: entry } = proof
      if (entry === undefined || checkpoint.origin !== origin || !provesEntry(entry, proof, checkpoint)) continue
      if (parseEntry(entry).id === requestId) return checkpoint.size
    } catch {
      // It is of another log, or of none.
    }
  }
  return null
}
