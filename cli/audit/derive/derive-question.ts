import type { EntryOf } from '../../../contract/audit-log/entry.ts'
import { IstmoError } from '../../../contract/errors.ts'
import { parseJson } from '../../../contract/json-value.ts'
import { saltedHash } from '../../../contract/leg-salt.ts'
import type { PastCountry, PastQuestion, Replay, ReplayedLeg } from '../../../gateway/replay-question.ts'
import type { JournalLeg, JournalQuestion } from '../journal/read-journal.ts'
import { compareDerived, type JudgedLeg } from './compare-derived.ts'
import type { AnsweredLeg, RecordedLeg } from './legs.ts'
import { takeApart, takeRecordedApart } from './merged-legs.ts'
import { openWithSalt } from './open-with-salt.ts'
import { playAnswers } from './play-answers.ts'
import { describeMisfits, isForeignSalt } from './question-fits.ts'

/** A graph of the past that questions can be asked of again. */
export interface OpenGraph {
  readonly countries: readonly PastCountry[]
  readonly replay: Replay
}

/** What is at hand about one question. */
export interface DeriveSources {
  readonly question: JournalQuestion
  /** The gateway's entry with the lists of its continuations. */
  readonly entry: EntryOf<'request'>
  /** The countries whose parts of the entry are at hand; null for all. */
  readonly visible: ReadonlySet<string> | null
  /** The graph of that time; null if the gateway refused the request before it read the document. */
  readonly graph: OpenGraph | null
  /** The legs that countries' own logs have of the request. */
  readonly countryLegs: readonly EntryOf<'leg'>[]
  /** The salt of the request, if the gateway's salts are at hand. */
  readonly requestSalt: Uint8Array | undefined
}

/** What is said of one question. `findings`: what does not fit; `untold`: what cannot be told. Sentences for people. */
export interface DerivedQuestion {
  readonly legs: readonly JudgedLeg[]
  readonly findings: readonly string[]
  readonly untold: readonly string[]
}

/** Asks a question again, and compares its legs with those that the logs have. */
export async function deriveQuestion(sources: DeriveSources): Promise<DerivedQuestion> {
  const { question, entry, visible } = sources
  const isForeign = sources.requestSalt !== undefined && isForeignSalt(question, entry, sources.requestSalt)
  const requestSalt = isForeign ? undefined : sources.requestSalt
  const doubts = isForeign ? ['the salt at hand is that of another request or log: it does not open the statement'] : []
  const findings = [...describeMisfits(question, entry, requestSalt)]
  const evidence = question.answer?.evidence?.legs ?? []
  const answered = entry.legs.map((leg) => openLeg(leg, evidence)).flatMap(takeApart)
  const recorded = answered.map((leg) => leg.recorded)
  const { foreign, repeated } = splitCountryLegs(sources)
  const [seen, unseen] = [true, false].map((is) =>
    evidence.filter(({ country }) => (visible === null || visible.has(country)) === is),
  ) as [JournalLeg[], JournalLeg[]]
  findings.push(...listForeignEvidence(entry, seen), ...foreign)
  const { isDryRun, status } = entry.result
  if ((isDryRun || status >= 400) && recorded.every(isUnsent)) return { legs: [], findings, untold: doubts }
  // Otherwise a gateway could hide any leg behind the word.
  if (isDryRun) findings.push('the entry says that it was a dry run, and it has legs that were sent')
  // What the legs to other countries were answered is at hand only in the journal.
  const played = playAnswers([...answered, ...unseen.map(toAnsweredLeg).flatMap(takeApart)])
  if (sources.graph === null) return { legs: [], findings, untold: ['the log does not say which graph was asked'] }
  const derived = await replay(sources, sources.graph, played.answer)
  if (derived instanceof IstmoError) {
    const why = `the question is refused today (${derived.code}), and the log says that it was asked`
    return { legs: [], findings, untold: [why] }
  }
  const opened = requestSalt === undefined ? recorded : openWithSalt(recorded, derived, question, requestSalt)
  const isShown = ({ country }: { readonly country: string | null }): boolean =>
    visible === null || country === null || visible.has(country)
  const parts = takeRecordedApart(opened)
  const legs = compareDerived(parts.filter(isShown), derived.filter(isShown), played.isComplete())
  const isEnded = entry.result.isHangup || entry.result.status >= 500
  return {
    legs: isEnded ? legs.map(excuseMissing) : legs,
    findings,
    untold: [...doubts, ...repeated, ...listUntold(sources)],
  }
}

/** A request that ended before its legs did need not have all of them. */
function excuseMissing(leg: JudgedLeg): JudgedLeg {
  return leg.verdict === 'MISSING' ? { ...leg, verdict: 'NOT_ASKED', why: `${leg.why}; the request ended early` } : leg
}

function isUnsent({ requestHash }: RecordedLeg): boolean {
  return requestHash === null
}

/** Opens a recorded leg with the evidence that has its hash. */
function openLeg(leg: EntryOf<'request'>['legs'][number], evidence: readonly JournalLeg[]): AnsweredLeg {
  const { country, domain, operationHash, requestHash, responseHash, reach, code } = leg
  const outcome = code === null ? reach : `${reach}, ${code}`
  const bare = { country, domain, operationHash, requestHash, outcome }
  const found = evidence.find((each) => each.country === country && hashWith(each, each.request) === requestHash)
  const opened = found === undefined ? null : readBody(found.request)
  const isAnswer = found !== undefined && hashWith(found, found.answer) === responseHash
  return { recorded: { ...bare, opened }, body: isAnswer ? parseJson(found.answer) : undefined }
}

function toAnsweredLeg({ country, domain, request, answer }: JournalLeg): AnsweredLeg {
  const hashes = { operationHash: null, requestHash: null }
  const recorded = { country, domain, ...hashes, outcome: 'ANSWERED', opened: readBody(request) }
  return { recorded, body: parseJson(answer) }
}

function hashWith({ salt }: JournalLeg, text: string): string {
  return saltedHash(Buffer.from(salt, 'base64url'), text)
}

function readBody(text: string): RecordedLeg['opened'] {
  const { query, variables } = (parseJson(text) ?? {}) as { query?: unknown; variables?: unknown }
  if (typeof query !== 'string') return null
  return {
    query,
    variables: (typeof variables === 'object' && variables !== null ? variables : {}) as Record<string, unknown>,
  }
}

/** Names the evidence whose leg or answer the gateway's entry does not have. */
function listForeignEvidence({ legs }: EntryOf<'request'>, evidence: readonly JournalLeg[]): readonly string[] {
  return evidence.flatMap((each) => {
    const sent = legs.find((leg) => leg.country === each.country && hashWith(each, each.request) === leg.requestHash)
    const where = `${each.country} ${each.domain}`
    if (sent === undefined) return [`${where}: the tool was shown a leg that the entry does not have`]
    if (sent.responseHash === hashWith(each, each.answer)) return []
    return [`${where}: the tool was shown another answer than that of the entry`]
  })
}

/** The legs in the countries' own logs that the gateway's entry does not have. */
function splitCountryLegs({ countryLegs, entry }: DeriveSources) {
  const foreign: string[] = []
  const repeated: string[] = []
  for (const { country, domain, operationHash, requestHash, result } of countryLegs) {
    const same = entry.legs.filter((leg) => leg.country === country && leg.domain === domain)
    if (same.some((leg) => leg.requestHash === requestHash)) continue
    const what = `${country} ${domain}: the country logged a leg (${result.code ?? result.status}) that the entry does not have`
    if (operationHash === null || !same.some((leg) => leg.operationHash === operationHash)) foreign.push(what)
    // A leg that a node refuses because it lacks something goes once more, with another salt and the same text.
    else if (result.status < 400) repeated.push(`${what}, with the text of one that it has`)
  }
  return { foreign, repeated }
}

/** Matches a policy that reads who the caller is: neither a log nor a journal has the caller's name. */
const READS_THE_CALLER = /principal\s*(==|in|is)\s/

function listUntold({ question, graph, entry }: DeriveSources): readonly string[] {
  const { answer, mandate } = question
  const leftOff = answer?.evidence?.leftOff ?? 0
  const reading = (graph?.countries ?? []).filter(({ access }) => READS_THE_CALLER.test(access.policies.text))
  return [
    ...(mandate === null && entry.actor !== null ? ['the journal does not have the mandate of the access token'] : []),
    ...(leftOff > 0 ? [`the gateway gave no evidence of ${leftOff} legs`] : []),
    ...reading.map(({ access }) => `${access.country}: a policy reads the caller’s name, which no log has`),
  ]
}

/** Asks the question again. Returns the error of a gateway that refuses it. */
async function replay(
  { question, entry }: DeriveSources,
  { replay: again }: OpenGraph,
  answer: Parameters<Replay['ask']>[1],
): Promise<readonly ReplayedLeg[] | IstmoError> {
  const { statement, document, mandate } = question
  const { actor } = entry
  const past: PastQuestion = {
    document,
    timeMs: Date.parse(entry.time),
    operationName: statement.operation ?? undefined,
    variables: Object.fromEntries(statement.variables),
    grounds: {
      purpose: statement.purpose,
      legalBasis: statement.basis,
      ...(statement.case !== null && { case: statement.case }),
    },
    caller:
      actor === null
        ? null
        : {
            issuer: '',
            subject: actor.ref,
            scopes: actor.scopes,
            expiresAt: Number.MAX_SAFE_INTEGER,
            ...(actor.client !== null && { client: actor.client }),
            ...(actor.assurance !== null && { assurance: actor.assurance }),
            ...(actor.country !== null && {
              organisation: {
                country: actor.country,
                ...(actor.agency !== null && { agency: actor.agency }),
                ...(actor.role !== null && { role: actor.role }),
              },
            }),
            ...(mandate !== null && { mandate: toMandate(mandate) }),
          },
  }
  try {
    return await again.ask(past, answer)
  } catch (error) {
    if (error instanceof IstmoError) return error
    throw error
  }
}

function toMandate({ hash: _, ...mandate }: NonNullable<JournalQuestion['mandate']>) {
  const { task_force, case: caseId, legal_basis, ...rest } = mandate
  return {
    ...rest,
    ...(task_force !== undefined && { task_force }),
    ...(caseId !== undefined && { case: caseId }),
    ...(legal_basis !== undefined && { legal_basis }),
  }
}

/** The verdict on one question. */
export function verdictOf({ legs, findings, untold }: DerivedQuestion): 'HOLDS' | 'FAILS' | 'UNTOLD' {
  const verdicts = new Set(legs.map(({ verdict }) => verdict))
  if (findings.length > 0 || verdicts.has('DOES_NOT_FOLLOW') || verdicts.has('MISSING')) return 'FAILS'
  return untold.length > 0 || verdicts.has('UNKNOWN') || verdicts.has('TEXT_FOLLOWS') ? 'UNTOLD' : 'HOLDS'
}
