import { dirname, join } from 'node:path'
import type { LogReader } from '../audit/reader/log-reader.ts'
import { type Recognition, recogniseCaller } from '../contract/access/country-access.ts'
import type { PolicyCaller } from '../contract/access/policy-set.ts'
import { bothRules, denialOf, isOpen, OPEN, policiesNamed, type Rule } from '../contract/access/rule.ts'
import type { Grounds } from '../contract/access-token.ts'
import { type Entry, type EntryOf, parseEntry } from '../contract/audit-log/entry.ts'
import { type Answer, defineAudit } from './command.ts'
import { answerInQuorum, doubtEntries, doubtWhole, readCosigned } from './demand-quorum.ts'
import { noteReading, openDeskLog } from './desk.ts'
import { findLogFolder } from './inputs.ts'
import { DESK_LOG_OPTIONS, ENTRY_ARGUMENT, KEPT_OPTION } from './options.ts'
import { wordMissingEntry } from './prove.ts'
import { findContinuations, findEntry, type PlacedContinuation, parseIfReadable } from './readable-entries.ts'
import {
  type ContentStore,
  NotStoredError,
  openContentStore,
  type StoredGraph,
  type StoredRules,
} from './stored-rules.ts'
import { say } from './words.ts'

/** `istmo audit was-allowed`: decides a request again, by the rules and policies of its time. */
export const wasAllowedCommand = defineAudit(
  'was-allowed',
  {
    arguments: ENTRY_ARGUMENT,
    options: {
      ...DESK_LOG_OPTIONS,
      ...KEPT_OPTION,
    },
  },
  async (line, io) => {
    const reader = await openDeskLog(line)
    const wanted = line.entry
    const found = await findEntry(reader, wanted, io)
    const reading = { channel: 'WAS_ALLOWED', country: null, entries: found === undefined ? 0 : 1 } as const
    await noteReading(line, { ...reading, logs: [reader.log.name], sought: { entry: wanted } }, io)
    const cosigned = await readCosigned(reader)
    if (found === undefined) {
      const text = await wordMissingEntry(reader, wanted)
      return answerInQuorum({ verdict: 'FAILS', text, json: { entry: wanted } }, doubtWhole(cosigned, 0))
    }
    const entry = parseEntry(found.bytes)
    if (entry.kind !== 'request' && entry.kind !== 'leg') {
      throw new Error(`expected the entry of a request or a leg; came one of kind ${entry.kind}`)
    }
    const store = openContentStore(line.kept ?? join(dirname(await findLogFolder(line.log)), 'kept'))
    const graphHash = entry.kind === 'request' ? entry.operation?.graph : undefined
    const graph = graphHash === undefined ? null : await store.graph(graphHash)
    const rest = entry.kind === 'leg' ? [] : await findContinuations(reader, found.index, entry)
    const legs = entry.kind === 'leg' ? [readLeg(entry)] : readRequestLegs(addContinuations(entry, rest))
    const inForce = await readRulesInForce(reader, found.index, Date.parse(entry.time))
    const decided = await Promise.all(legs.map((leg) => decide(leg, store, graph, inForce)))
    const end = Math.max(found.index, ...rest.map(({ index }) => index)) + 1
    return toAnswer(entry, legs.length, decided, doubtEntries(cosigned, end).untold)
  },
)

interface PastLegWithRules extends PastLeg {
  readonly access: string | null
  /** When the request began, in milliseconds since the epoch. */
  readonly fromMs: number
}

async function decide(
  leg: PastLegWithRules,
  store: ContentStore,
  graph: StoredGraph | null,
  inForce: RulesInForce,
): Promise<DecidedAgain> {
  const where = `${leg.country} ${leg.domain}`
  if (leg.access === null) {
    // A country that does not publish a domain was not asked, and has no rules that could have been broken.
    return { fields: 0, wrong: [], undecided: leg.wasSent ? [say('allowed.noRules', { where })] : [] }
  }
  try {
    const rules = await store.rules(leg.access)
    const { country } = rules.access
    // Whoever writes the entry chooses the rules that it names: those of another country may be looser.
    if (country !== leg.country)
      return { fields: 0, wrong: [say('allowed.rulesOf', { where, country })], undecided: [] }
    const others = inForce.describe(leg.country, leg.access, leg.fromMs, leg.timeMs)
    const decided = decideAgain(leg, rules, graph)
    return others === null ? decided : { ...decided, wrong: [`${where}: ${others}`, ...decided.wrong] }
  } catch (error) {
    if (!(error instanceof NotStoredError)) throw error
    return { fields: 0, wrong: [], undecided: [`${where}: ${error.message}`] }
  }
}

/** Adds to a request's entry the fields, legs and denials of its continuations. */
function addContinuations(entry: EntryOf<'request'>, placed: readonly PlacedContinuation[]): EntryOf<'request'> {
  const rest = placed.map((each) => each.entry)
  return {
    ...entry,
    coordinates: [...entry.coordinates, ...rest.flatMap(({ coordinates }) => coordinates)],
    legs: [...entry.legs, ...rest.flatMap(({ legs }) => legs)],
    denied: [...entry.denied, ...rest.flatMap(({ denied }) => denied)],
  }
}

function readRequestLegs(entry: EntryOf<'request'>): readonly PastLegWithRules[] {
  const { actor, grounds, coordinates, denied } = entry
  return entry.legs.flatMap(({ country, domain, reach, code, requestHash, granted, access }) => {
    if (country === null) return []
    const common = {
      country,
      domain,
      reach,
      code,
      access,
      wasSent: requestHash !== null,
      grantedScopes: granted.scopes,
    }
    const timeMs = Date.parse(entry.time)
    return [{ ...common, actor, grounds, coordinates, denied, timeMs, fromMs: timeMs - entry.result.durationMs }]
  })
}

function readLeg(entry: EntryOf<'leg'>): PastLegWithRules {
  const { country, domain, access, actor, grounds, coordinates, result, time } = entry
  const common = { country, domain, access, actor, grounds, coordinates, code: result.code, denied: result.denied }
  const wasSent = result.status < 400 && result.code === null
  return {
    ...common,
    reach: 'ANSWERED',
    wasSent,
    grantedScopes: [],
    timeMs: Date.parse(time),
    fromMs: Date.parse(time),
  }
}

/** `doubts`: why the entry itself is not sure. Then nothing is, also not that the decision was wrong: whoever has the log's key can write any entry. */
function toAnswer(
  entry: EntryOf<'request' | 'leg'>,
  legs: number,
  decided: readonly DecidedAgain[],
  doubts: readonly string[],
): Answer {
  const wrong = decided.flatMap((each) => each.wrong)
  const undecided = decided.flatMap((each) => each.undecided)
  const untold = [...undecided, ...doubts]
  const fields = decided.reduce((sum, each) => sum + each.fields, 0)
  const head = say('allowed.head', { kind: entry.kind, id: entry.id, time: entry.time, fields, legs })
  const isWrong = wrong.length > 0
  const verdict = isWrong && doubts.length === 0 ? 'FAILS' : untold.length > 0 ? 'UNTOLD' : 'HOLDS'
  const document = entry.kind === 'request' && entry.operation?.isKept ? entry.operation.documentHash : null
  const asked = document === null ? [] : [say('allowed.document', { document })]
  const lines = [...asked, ...[...wrong, ...untold].map((line) => `  ${line}`)]
  const json = { entry: entry.id, document, fields, legs, wrong, untold }
  return {
    verdict,
    text: [head, ...lines, say(`allowed.end.${isWrong && verdict === 'UNTOLD' ? 'UNSURE' : verdict}`)].join('\n'),
    json: verdict === 'UNTOLD' ? { ...json, reason: isWrong ? doubts[0] : untold[0] } : json,
  }
}

/**
 * Decides a leg again, by the rules and policies of its time, and compares the result with what was done. An audit log has most of what
 * decides about a caller. It does not have the caller's name, the case that the caller named, or what else the mandate covered. A
 * policy that reads those cannot be decided again.
 */

/** A leg of the past, with the facts that its entry states for the complete request. */
export interface PastLeg {
  readonly country: string
  readonly domain: string
  readonly reach: string
  readonly code: string | null
  readonly wasSent: boolean
  readonly grantedScopes: readonly string[]
  readonly actor: EntryOf<'request'>['actor']
  readonly grounds: EntryOf<'request'>['grounds']
  readonly coordinates: readonly string[]
  readonly denied: EntryOf<'request'>['denied']
  readonly timeMs: number
}

/** The result of deciding one leg again. */
export interface DecidedAgain {
  /** The number of fields that were decided. */
  readonly fields: number
  /** What should have been decided differently; sentences for people. */
  readonly wrong: readonly string[]
  /** What cannot be decided, and why; sentences for people. */
  readonly undecided: readonly string[]
}

/** Matches a policy that reads what the audit log does not have: who the caller is, or the case. */
const READS_WHAT_IS_NOT_LOGGED = /principal\s*(==|in|is)\s|context\s*(\.case\b|has\s+"?case\b|\["case"\])/

/** A day far away, because the end of the mandate was checked with the token. */
const FAR_FUTURE = '9999-12-31'

/** Decides a leg again. `graph` is null for a leg of a country's own log: there the country's SDL has all rules. */
export function decideAgain(leg: PastLeg, rules: StoredRules, graph: StoredGraph | null): DecidedAgain {
  const recognition = recogniseCaller(rules.access, readCaller(leg), readGrounds(leg), () => leg.timeMs)
  if (leg.code === 'TASK_FORCE_NOT_RECOGNISED' || leg.code === 'MANDATE_NOT_COVERED')
    return judgeRejection(leg, recognition)
  const fields = leg.wasSent ? findFields(leg, rules, graph) : []
  const judged = fields.map((coordinate) => judgeField(coordinate, { leg, rules, graph, recognition }))
  const recognised = recognition.kind === 'recognised' ? recognition.rights.scopes : new Set<string>()
  const beyond = leg.grantedScopes.filter((scope) => !recognised.has(scope))
  const granted = beyond.map((scope) => say('allowed.scope', { where: `${leg.country} ${leg.domain}`, scope }))
  return {
    fields: fields.length,
    wrong: [...granted, ...judged.flatMap(({ wrong }) => wrong ?? [])],
    undecided: judged.flatMap(({ undecided }) => undecided ?? []),
  }
}

function judgeRejection({ country, code }: PastLeg, recognition: Recognition): DecidedAgain {
  const came = recognition.kind === 'not-recognised' ? recognition.code : 'recognised'
  if (came === code) return { fields: 0, wrong: [], undecided: [] }
  if (code === 'MANDATE_NOT_COVERED') return { fields: 0, wrong: [], undecided: [say('allowed.mandate', { country })] }
  return { fields: 0, wrong: [say('allowed.rejected', { country, code: code ?? '', came })], undecided: [] }
}

/** Finds the fields of the operation that the leg's domain has and the country publishes. */
function findFields(
  { coordinates, domain }: PastLeg,
  { own }: StoredRules,
  graph: StoredGraph | null,
): readonly string[] {
  const table = own.get(domain)
  return coordinates.filter((coordinate) => {
    const [typeName, fieldName] = splitField(coordinate)
    if (fieldName === undefined || fieldName.startsWith('__')) return false
    const isOfDomain = graph === null || graph.domainsOf(coordinate).has(domain)
    return isOfDomain && (table === undefined || table.has(typeName, fieldName))
  })
}

interface Judging {
  readonly leg: PastLeg
  readonly rules: StoredRules
  readonly graph: StoredGraph | null
  readonly recognition: Recognition
}

function judgeField(coordinate: string, judging: Judging): { readonly wrong?: string; readonly undecided?: string } {
  const { leg, rules, recognition } = judging
  const rule = findRule(coordinate, judging)
  const wasDenied = leg.denied.some((denial) => denial.coordinate === coordinate && concerns(denial, leg.country))
  const where = `${leg.country} ${leg.domain}: ${coordinate}`
  const text = rules.access.policies.text
  if (policiesNamed(rule).length > 0 && READS_WHAT_IS_NOT_LOGGED.test(text)) {
    return { undecided: say('allowed.notLogged', { where }) }
  }
  const denial =
    recognition.kind === 'recognised'
      ? denialOf(rule, recognition.rights, coordinate)
      : isOpen(rule)
        ? null
        : recognition.code
  if (denial === null) return wasDenied ? { wrong: say('allowed.denied', { where }) } : {}
  if (wasDenied || isBelowDenied(coordinate, judging)) return {}
  return { wrong: say('allowed.requested', { where, denial }) }
}

function findRule(coordinate: string, { leg, rules, graph }: Judging): Rule {
  const [typeName, fieldName = ''] = splitField(coordinate)
  const own = rules.own.get(leg.domain)?.ofField(typeName, fieldName) ?? OPEN
  return graph === null ? own : bothRules(graph.floor.ofField(typeName, fieldName), own)
}

function concerns({ country }: { readonly country: string | null }, askedCountry: string): boolean {
  return country === null || country === askedCountry
}

/**
 * Whether a field may have occurred only below a denied one. The country was not asked for such a field, and the entry does not list it
 * as denied.
 */
function isBelowDenied(coordinate: string, { leg, graph }: Judging): boolean {
  const deniedFields = leg.denied.filter((denial) => concerns(denial, leg.country)).map((denial) => denial.coordinate)
  if (graph === null) return deniedFields.length > 0
  const reached = new Set<string>()
  const waiting = deniedFields.flatMap((each) => graph.returns(each) ?? [])
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    if (reached.has(type)) continue
    reached.add(type)
    const prefix = `${type}.`
    waiting.push(
      ...leg.coordinates.filter((each) => each.startsWith(prefix)).flatMap((each) => graph.returns(each) ?? []),
    )
  }
  return reached.has(splitField(coordinate)[0])
}

/** Splits `Type.field` into its two names. The coordinate of an argument yields no field. */
function splitField(coordinate: string): readonly [string, string | undefined] {
  const match = /^(\w+)\.(\w+)$/.exec(coordinate)
  return [match?.[1] ?? '', match?.[2]]
}

function readCaller({ actor, grounds, country }: PastLeg): PolicyCaller | null {
  if (actor === null) return null
  const { agency, role, scopes, client, assurance } = actor
  return {
    issuer: '',
    subject: actor.ref,
    scopes,
    client: client ?? undefined,
    assurance: assurance ?? undefined,
    ...(actor.country !== null && {
      organisation: { country: actor.country, ...(agency !== null && { agency }), ...(role !== null && { role }) },
    }),
    ...(grounds !== null && {
      mandate: {
        type: 'istmo_mandate',
        ...(grounds.taskForce !== null && { task_force: grounds.taskForce }),
        purposes: grounds.purpose === null ? [] : [grounds.purpose],
        countries: [country],
        legal_basis: grounds.legalBasis,
        not_after: FAR_FUTURE,
      },
    }),
  }
}

function readGrounds({ grounds }: PastLeg): Grounds | null {
  if (grounds === null || grounds.purpose === null) return null
  return { purpose: grounds.purpose, legalBasis: grounds.legalBasis }
}

/**
 * Reads from a log which rules of each country were in force, to compare them with what an entry names: whoever writes the entry could name older rules that
 * were looser.
 */

/** How long before or after a change of rules the others may still decide, in milliseconds: requests were under way, and two entries may change places. */
const SLACK_MS = 600_000

/** Which rules a log says were in force. */
export interface RulesInForce {
  /**
   * Compares the rules that an entry names with those that the log says were in force.
   * @param access the SHA-256 of the country's access document in the entry
   * @param fromMs when the request began, in milliseconds since the epoch
   * @returns a sentence for people if they were not in force; null if they were, or the log does not say
   */
  readonly describe: (country: string, access: string, fromMs: number, untilMs: number) => string | null
}

interface Version {
  readonly access: string
  readonly sinceMs: number
}

/**
 * Reads them up to the entry at `index`, and from those that followed within the slack. A log of an earlier version, a shard or a pruned log may not say
 * which rules were in force; then nothing is compared.
 */
export async function readRulesInForce(reader: LogReader, index: number, timeMs: number): Promise<RulesInForce> {
  const versions = new Map<string, Version[]>()
  for await (const placed of reader.entries()) {
    const bytes = Buffer.from(placed.bytes.buffer, placed.bytes.byteOffset, placed.bytes.length)
    if (placed.index > index && timeIn(bytes) > timeMs + SLACK_MS) break
    // Most entries say nothing of rules, and to parse each of a long log takes minutes.
    if (!KINDS.some((kind) => bytes.includes(kind))) continue
    const entry = parseIfReadable(placed.bytes)
    const sinceMs = entry === null ? 0 : Date.parse(entry.time)
    for (const { country, access } of entry === null ? [] : rulesIn(entry)) {
      const known = versions.get(country) ?? []
      if (known.at(-1)?.access !== access) known.push({ access, sinceMs })
      versions.set(country, known)
    }
  }
  return {
    describe(country, access, fromMs, untilMs) {
      const known = versions.get(country)
      if (known === undefined) return null
      const wasInForce = known.some(({ access: each, sinceMs }, at) => {
        const endMs = known[at + 1]?.sinceMs ?? Number.POSITIVE_INFINITY
        return each === access && sinceMs - SLACK_MS <= untilMs && fromMs <= endMs + SLACK_MS
      })
      if (wasInForce) return null
      const inForce = known.findLast(({ sinceMs }) => sinceMs <= untilMs) ?? known[0]
      const since = new Date(inForce?.sinceMs ?? 0).toISOString()
      return say('allowed.notInForce', { access: inForce?.access ?? '', since })
    },
  }
}

/** How the kind of such an entry is written in canonical JSON. */
const KINDS = ['"kind":"graph"', '"kind":"node-start"', '"kind":"node-rules"'] as const

/** Returns the time of an entry in canonical JSON, in milliseconds since the epoch; NaN if it has none. */
function timeIn(bytes: Buffer): number {
  return Date.parse(/"time":"([^"]{1,40})"/.exec(bytes.toString('latin1'))?.[1] ?? '')
}

function rulesIn(entry: Entry): readonly { readonly country: string; readonly access: string }[] {
  if (entry.kind === 'graph') return entry.result === 'SERVED' ? entry.countries : []
  return entry.kind === 'node-start' || entry.kind === 'node-rules' ? [entry] : []
}
