import { dirname, join } from 'node:path'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { type Answer, defineAudit } from './command.ts'
import { continuationsOf } from './continuations.ts'
import { type DecidedAgain, decideAgain, type PastLeg } from './decide-again.ts'
import { findEntry } from './find-entry.ts'
import { ENTRY_ARGUMENT, LOG_OPTIONS, logFolder, openLogOption } from './inputs.ts'
import { NotStoredError, openStoredRules, type StoredGraph, type StoredTexts } from './stored-rules.ts'

/** `istmo audit was-allowed`: decides a request again, by the rules and policies of its moment. */
export const wasAllowedCommand = defineAudit(
  {
    name: 'was-allowed',
    description: 'decide an entry again, by the rules and policies of its moment',
    arguments: ENTRY_ARGUMENT,
    options: {
      ...LOG_OPTIONS,
      kept: {
        flag: 'kept',
        value: 'folder',
        expected: 'the path of a folder',
        meaning: 'what is kept by hash; without it, `kept` beside the log',
      },
    },
  },
  async (line, io) => {
    const reader = await openLogOption(line)
    const wanted = line.entry
    const found = await findEntry(reader, wanted, io)
    if (found === undefined) {
      const text = `DOES NOT HOLD: ${reader.log.name} has no entry ${wanted}.`
      return { verdict: 'FAILS', text, json: { entry: wanted } }
    }
    const entry = parseEntry(found.bytes)
    if (entry.kind !== 'request' && entry.kind !== 'leg') {
      throw new Error(`expected an entry of a request or a leg; came one of kind ${entry.kind}`)
    }
    const kept = openStoredRules(line.kept ?? join(dirname(await logFolder(line.log)), 'kept'))
    const graphHash = entry.kind === 'request' ? entry.operation?.graph : undefined
    const graph = graphHash === undefined ? null : await kept.graph(graphHash)
    const legs = entry.kind === 'leg' ? [legOf(entry)] : requestLegs(await withRest(reader, found.index, entry))
    const decided = await Promise.all(legs.map((leg) => decide(leg, kept, graph)))
    return answerOf(entry, legs.length, decided)
  },
)

interface PastLegWithRules extends PastLeg {
  readonly access: string | null
}

async function decide(leg: PastLegWithRules, kept: StoredTexts, graph: StoredGraph | null): Promise<DecidedAgain> {
  const where = `${leg.country} ${leg.domain}`
  if (leg.access === null) {
    // Who takes no part in a domain is not asked, and has no rules that could have been broken.
    return { fields: 0, wrong: [], untold: leg.wasSent ? [`${where}: its rules are not named`] : [] }
  }
  try {
    return decideAgain(leg, await kept.rules(leg.access), graph)
  } catch (error) {
    if (!(error instanceof NotStoredError)) throw error
    return { fields: 0, wrong: [], untold: [`${where}: ${error.message}`] }
  }
}

async function withRest(reader: LogReader, index: number, entry: EntryOf<'request'>): Promise<EntryOf<'request'>> {
  const rest = (await continuationsOf(reader, index, entry)).map((placed) => placed.entry)
  return {
    ...entry,
    coordinates: [...entry.coordinates, ...rest.flatMap(({ coordinates }) => coordinates)],
    legs: [...entry.legs, ...rest.flatMap(({ legs }) => legs)],
    denied: [...entry.denied, ...rest.flatMap(({ denied }) => denied)],
  }
}

function requestLegs(entry: EntryOf<'request'>): readonly PastLegWithRules[] {
  const { actor, grounds, coordinates, denied } = entry
  return entry.legs.flatMap(({ country, domain, reach, code, requestHash, granted, access }) => {
    if (country === null) return []
    const what = { country, domain, reach, code, access, wasSent: requestHash !== null, grantedScopes: granted.scopes }
    return [{ ...what, actor, grounds, coordinates, denied, timeMs: Date.parse(entry.time) }]
  })
}

function legOf(entry: EntryOf<'leg'>): PastLegWithRules {
  const { country, domain, access, actor, grounds, coordinates, result, time } = entry
  const what = { country, domain, access, actor, grounds, coordinates, code: result.code, denied: result.denied }
  const wasSent = result.status < 400 && result.code === null
  return { ...what, reach: 'ANSWERED', wasSent, grantedScopes: [], timeMs: Date.parse(time) }
}

function answerOf(entry: EntryOf<'request' | 'leg'>, legs: number, decided: readonly DecidedAgain[]): Answer {
  const wrong = decided.flatMap((each) => each.wrong)
  const untold = decided.flatMap((each) => each.untold)
  const fields = decided.reduce((sum, each) => sum + each.fields, 0)
  const head = `${entry.kind} ${entry.id}, ${entry.time}: ${fields} fields in ${legs} legs decided again`
  const verdict = wrong.length > 0 ? 'FAILS' : untold.length > 0 ? 'UNTOLD' : 'HOLDS'
  const end = {
    HOLDS: 'HOLDS: it was as the rules of that moment say.',
    FAILS: 'DOES NOT HOLD.',
    UNTOLD: 'COULD NOT TELL all of it.',
  }
  const lines = [...wrong, ...untold].map((line) => `  ${line}`)
  const json = { entry: entry.id, fields, legs, wrong, untold }
  return {
    verdict,
    text: [head, ...lines, end[verdict]].join('\n'),
    json: verdict === 'UNTOLD' ? { ...json, reason: untold[0] } : json,
  }
}
