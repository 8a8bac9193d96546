import { dirname, join } from 'node:path'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { ABOUT } from './about.ts'
import { type Answer, defineAudit } from './command.ts'
import { findContinuations, type PlacedContinuation } from './continuations.ts'
import { type DecidedAgain, decideAgain, type PastLeg } from './decide-again.ts'
import { answerInQuorum, doubtEntries, doubtWhole, readCosigned } from './demand-quorum.ts'
import { DESK_LOG_OPTIONS, noteReading, openDeskLog } from './desk/note-reading.ts'
import { findEntry, wordMissingEntry } from './find-entry.ts'
import { ENTRY_ARGUMENT, findLogFolder } from './inputs.ts'
import { type RulesInForce, readRulesInForce } from './rules-in-force.ts'
import { type ContentStore, KEPT_OPTION, NotStoredError, openContentStore, type StoredGraph } from './stored-rules.ts'

/** `istmo audit was-allowed`: decides a request again, by the rules and policies of its time. */
export const wasAllowedCommand = defineAudit(
  {
    ...ABOUT.wasAllowed,
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
    return { fields: 0, wrong: [], undecided: leg.wasSent ? [`${where}: the entry does not name its rules`] : [] }
  }
  try {
    const rules = await store.rules(leg.access)
    const { country } = rules.access
    // Whoever writes the entry chooses the rules that it names: those of another country may be looser.
    if (country !== leg.country)
      return { fields: 0, wrong: [`${where}: the entry names the rules of ${country}`], undecided: [] }
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
  const head = `${entry.kind} ${entry.id}, ${entry.time}: ${fields} fields in ${legs} legs decided again`
  const isWrong = wrong.length > 0
  const verdict = isWrong && doubts.length === 0 ? 'FAILS' : untold.length > 0 ? 'UNTOLD' : 'HOLDS'
  const end = {
    HOLDS: 'HOLDS: it was decided as the rules of that time say.',
    FAILS: 'DOES NOT HOLD.',
    UNTOLD: isWrong
      ? 'COULD NOT TELL: by this entry it was decided wrongly, but the entry itself is not sure.'
      : 'COULD NOT TELL all of it.',
  }
  const document = entry.kind === 'request' && entry.operation?.isKept ? entry.operation.documentHash : null
  const asked = document === null ? [] : [`  what was asked: istmo audit document ${document}`]
  const lines = [...asked, ...[...wrong, ...untold].map((line) => `  ${line}`)]
  const json = { entry: entry.id, document, fields, legs, wrong, untold }
  return {
    verdict,
    text: [head, ...lines, end[verdict]].join('\n'),
    json: verdict === 'UNTOLD' ? { ...json, reason: isWrong ? doubts[0] : untold[0] } : json,
  }
}
