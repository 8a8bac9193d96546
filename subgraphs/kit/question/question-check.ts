import type { DocumentNode, GraphQLSchema } from 'graphql'
import { countryRule } from '../../../contract/access/country-access.ts'
import { couldReveal } from '../../../contract/access/revealed.ts'
import { isOpen } from '../../../contract/access/rule.ts'
import { IstmoError } from '../../../contract/errors.ts'
import type { LegClaims } from '../../../contract/leg-token.ts'
import { GivenIdsError, type ReadGivenIds } from '../../../contract/trust/given-ids.ts'
import type { LegExtensions } from '../../../contract/trust/leg-extensions.ts'
import {
  ALL_COUNTRIES,
  QuestionError,
  type VerifiedQuestion,
  verifyQuestion,
} from '../../../contract/trust/question-statement.ts'
import type { QuestionDemand } from '../../../service/country-file-questions.ts'
import type { GuardedRequest } from '../guard.ts'
import { coerceLegVariables } from '../leg-variables.ts'
import type { DomainRules } from '../rules.ts'
import { badStatement, compareLeg, type LegField, listLegFields, NotOfQuestion } from './compare-leg.ts'
import { findForeignPage } from './pages.ts'
import {
  MAX_QUESTION_AGE_S,
  type OpenQuestion,
  type QuestionDocuments,
  type QuestionMemory,
} from './question-memory.ts'
import { listTexts } from './shown-values.ts'

/** What the checks of all domains of a node share. */
export interface QuestionParts {
  readonly country: string
  readonly documents: QuestionDocuments
  readonly memory: QuestionMemory
  readonly readGiven: ReadGivenIds
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  /** When the node started, in milliseconds since the epoch. */
  readonly startedAtMs: number
}

/** The domain whose legs are checked. */
export interface QuestionDomain {
  readonly schema: GraphQLSchema
  readonly rules: DomainRules
  readonly demand: QuestionDemand
}

/** A leg whose token was verified, and what came with it. */
export interface QuestionedLeg {
  readonly claims: LegClaims
  readonly carried: LegExtensions
  readonly request: GuardedRequest
}

/** The question of a leg that follows from it. */
export interface CheckedQuestion {
  readonly statement: VerifiedQuestion
  readonly open: OpenQuestion
  /**
   * Whether the gateway has what another node needs to take this id: it is a text of the question itself, in a disclosed variable or in the
   * document; or the leg asks about it, which it may only because the question has it or a node has given it.
   */
  isProven(id: string): boolean
}

/**
 * Checks that a leg is part of a question that the officer signed (docs/design/trust.md, What a node checks of a leg).
 * @returns null if there is no question and the leg needs none.
 * @throws {NotOfQuestion} if the leg does not follow from the question.
 * @throws {IstmoError} `QUESTION_NOT_SIGNED` if the leg needs a question and has none; `DOCUMENT_UNKNOWN` if the node does not know the
 * question's document; `QUESTION_CAP_REACHED` if the question has had its legs or rows; `RECORDS_UNAVAILABLE` if too many questions are open.
 */
export type QuestionCheck = (leg: QuestionedLeg) => CheckedQuestion | null

/** How far the clocks of an officer's tool and a node may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** Makes the check of a domain. It reads each document of a leg once. */
export function createQuestionCheck(parts: QuestionParts, domain: QuestionDomain): QuestionCheck {
  const legs = new WeakMap<DocumentNode, ReadLeg>()
  return ({ claims, carried, request }) => {
    // Without a country token nobody has said whose key signs the question. The check of tokens decides whether such a leg is taken.
    if (claims.verified === undefined) return null
    let leg = legs.get(request.document)
    if (leg === undefined) {
      leg = readLeg(request.document, domain)
      legs.set(request.document, leg)
    }
    if (carried.question === undefined) {
      // Nothing but the statement shows that a leg is about the case of its mandate.
      const isOfCase = claims.verified.caseDigest !== undefined && claims.grounds !== undefined
      if (isOfCase) throw new IstmoError('QUESTION_NOT_SIGNED')
      if (leg.hasRule && domain.demand === 'signed') throw new IstmoError('QUESTION_NOT_SIGNED')
      return null
    }
    const statement = readStatement(carried.question, parts)
    checkStatement(statement, claims, parts)
    // A leg that needs no rights may come without grounds.
    if (claims.grounds !== undefined || leg.hasRule) checkGrounds(statement, claims)
    const open = parts.memory.open(statement)
    const isProven = checkLeg(leg, { claims, carried, request }, { statement, open }, parts, domain)
    open.countLeg()
    return { statement, open, isProven }
  }
}

interface ReadLeg {
  readonly fields: readonly LegField[]
  /** Whether a field, a type or an argument of the leg has a rule. */
  readonly hasRule: boolean
}

function readLeg(document: DocumentNode, { schema, rules: { floor, own } }: QuestionDomain): ReadLeg {
  const fields = listLegFields(document, schema)
  const tables = own === null ? [floor] : [floor, own]
  const hasRule = fields.some(({ typeName, fieldName }) => {
    if (!isOpen(countryRule(floor, own, typeName, fieldName))) return true
    const type = schema.getType(typeName)
    const definition = type && 'getFields' in type ? type.getFields()[fieldName] : undefined
    return tables.some(
      (table) =>
        !isOpen(table.ofType(typeName)) ||
        (definition !== undefined && 'args' in definition && couldReveal(typeName, definition, table)),
    )
  })
  return { fields, hasRule }
}

function readStatement(text: string, { now }: QuestionParts): VerifiedQuestion {
  try {
    return verifyQuestion(text, { now, maxAgeS: MAX_QUESTION_AGE_S })
  } catch (error) {
    if (error instanceof QuestionError) throw badStatement(error.message, error)
    throw error
  }
}

/** Checks that the statement is of this caller, for this country, and for what the leg says. */
function checkStatement(statement: VerifiedQuestion, claims: LegClaims, { country, startedAtMs }: QuestionParts): void {
  const { keys, accessTokenHash } = claims.verified ?? {}
  if (keys?.tool === undefined || statement.keyThumbprint !== keys.tool) {
    throw badStatement('expected the key that the country token names in `caller_jkt`')
  }
  if (statement.ath !== accessTokenHash) throw badStatement('expected `ath` to be `caller_ath` of the country token')
  if (statement.iat < startedAtMs / 1000 - CLOCK_TOLERANCE_S) {
    throw badStatement(
      'expected a question that was signed after this node started, because its caps are counted in memory',
    )
  }
  const isForUs = statement.countries.some((one) => one === country || one === ALL_COUNTRIES)
  if (!isForUs) throw badStatement(`expected ${country} to be disclosed among the countries`)
}

function checkGrounds(statement: VerifiedQuestion, { grounds, withheld = [], verified }: LegClaims): void {
  // The digest is the same, so this holds also where the country is not shown the case.
  if (statement.caseDigest !== (verified?.caseDigest ?? null)) {
    throw badStatement('expected the case of the mandate, or none if the mandate has none')
  }
  if (grounds?.purpose !== statement.purpose) throw badStatement('expected `purpose` to be that of the leg token')
  const hasCase = statement.case !== null || statement.undisclosed.case > 0
  if (grounds.case === undefined ? hasCase && !withheld.includes('case') : grounds.case !== statement.case) {
    throw badStatement('expected the case to be that of the leg token, and disclosed if the leg token has it')
  }
  const basis = grounds.legalBasis
  const isSame = basis === undefined ? statement.basis.length === 0 : isSameSet(basis, statement.basis)
  if (!isSame && !(basis === undefined && withheld.includes('legalBasis'))) {
    throw badStatement('expected `basis` to be that of the leg token')
  }
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.every((text) => other.includes(text)) && other.every((text) => one.includes(text))
}

/** Checks each field, argument and id of the leg. Returns what tells whether an id is proven. */
function checkLeg(
  leg: ReadLeg,
  { carried, request }: QuestionedLeg,
  { statement, open }: Pick<CheckedQuestion, 'statement' | 'open'>,
  { documents, readGiven, country }: QuestionParts,
  { schema }: QuestionDomain,
): CheckedQuestion['isProven'] {
  const document = documents.read(statement.doc, statement.operation ?? undefined, carried.document)
  const { variables, undisclosed } = statement
  const shown = document.show({ values: variables, isComplete: undisclosed.variables === 0 })
  const { foreign, ids } = compareLeg(leg.fields, request, schema, shown)
  if (foreign !== null) throw new NotOfQuestion({ ...foreign, expected: null })
  const pages = { question: shown, country, hasEnded: open.hasGiven }
  const page = findForeignPage(leg.fields, coerceLegVariables(request, schema)?.coerced ?? {}, pages)
  if (page !== null) throw new NotOfQuestion({ coordinate: page, reason: 'ARGUMENT', expected: EXPECTED_PAGE })
  const texts = listTexts(variables.values())
  const hasText = (text: string): boolean => texts.has(text) || document.texts.has(text)
  const isProven = (id: string): boolean => ids.has(id) || hasText(id)
  const unknown = [...ids].filter((id) => !hasText(id) && !open.hasGiven(id))
  if (unknown.length === 0) return isProven
  const given = readAllGiven(carried.given ?? [], statement.jti, readGiven)
  if (unknown.some((id) => !given.has(id)))
    throw unprovenId('expected each id to be of the question, or given by a country that answered it')
  return isProven
}

const EXPECTED_PAGE = 'expected the page to begin where the question says, or where a short page of this node ended'

function readAllGiven(texts: readonly string[], question: string, readGiven: ReadGivenIds): ReadonlySet<string> {
  try {
    return new Set(texts.flatMap((text) => readGiven(text, question)))
  } catch (error) {
    if (error instanceof GivenIdsError) throw unprovenId(error.message, error)
    throw error
  }
}

function unprovenId(expected: string, cause?: unknown): NotOfQuestion {
  return new NotOfQuestion({ coordinate: 'Query._entities(representations:)', reason: 'ID', expected }, cause)
}
