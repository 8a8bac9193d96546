import { nameCountryIn } from '../country-name.ts'
import type { Language } from '../language.ts'
import type { Reach } from '../outcome.ts'
import type { Entry, EntryOf } from './entry.ts'
import { LABELS_OF, type Labels, titleOf } from './words-tables.ts'

/** An entry of an audit log in words, for people who do not read JSON. */

/** One line: what it is about, and what the entry says of it. */
export interface WordLine {
  readonly label: string
  readonly text: string
}

/** An entry in words. */
export interface EntryWords {
  /** One sentence: what happened. */
  readonly title: string
  /** In the order in which a person asks: who, when, on which ground, what, who answered, what was denied, how it ended. */
  readonly lines: readonly WordLine[]
}

type Request = EntryOf<'request'>
type Lists = Pick<Request, 'legs' | 'denied'>

/**
 * Describes an entry.
 * @param parts the continuations of a request, in the order of their parts. Without them the lists are those of the entry itself.
 */
export function describeEntry(
  entry: Entry,
  language: Language,
  parts: readonly EntryOf<'continuation'>[] = [],
): EntryWords {
  const words = LABELS_OF[language]
  const title = titleOf(entry.kind, language)
  const lines = [line(words.when, describeTime(entry.time)), line(words.log, originOf(entry))]
  if (entry.kind === 'request') lines.push(...describeRequest(entry, parts, language))
  else if (entry.kind === 'leg') lines.push(...describeLeg(entry, language))
  else if ('what' in entry) lines.push(...describeSuspension(entry, language))
  else lines.push(...describeRest(entry, language))
  return { title, lines: [...lines, line(words.id, entry.id)] }
}

/** Returns the name of a country, such as `Honduras`. */
function nameCountry(code: string, language: Language): string {
  return nameCountryIn('{country}', code, language)
}

function line(label: string, text: string): WordLine {
  return { label, text }
}

/** Returns the name of the log that an entry says it belongs to. */
function originOf(entry: Entry): string {
  // A leg has both: `gateway` is who asked, and `node` is the log.
  if ('node' in entry) return entry.node
  if ('origin' in entry) return entry.origin
  return 'gateway' in entry ? entry.gateway : ''
}

/** Writes a time as people read it in both languages: `2026-11-24 20:15:17 UTC`. */
export function describeTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`
}

function describeRequest(
  entry: Request,
  parts: readonly EntryOf<'continuation'>[],
  language: Language,
): readonly WordLine[] {
  const words = LABELS_OF[language]
  const { operation, result } = entry
  const lists = [entry, ...parts]
  const coordinates = lists.flatMap((part) => part.coordinates)
  const legs = describeLegs(lists, language)
  const denials = describeDenials(lists, language)
  // What each country answered stands in continuations. Without them, nobody may read that nobody answered. A country that has its own part reads
  // nothing of how many others there are.
  const missing = legs.length > 0 ? 0 : entry.continuations - parts.length
  const nothing = missing > 0 ? words.elsewhere(missing) : words.nothing
  return [
    ...describeWho(entry.actor, language),
    ...describeGrounds(entry.grounds, language),
    ...(operation?.name == null ? [] : [line(words.operation, operation.name)]),
    line(words.asked, listOf(coordinates, words)),
    line(words.answered, legs.join('\n') || nothing),
    line(words.denied, denials.join('\n') || nothing),
    line(words.ended, describeResult(result, words)),
  ]
}

/** Describes who asked. A caller is named by country, agency, role and pseudonym: no log has the name of a person. */
function describeWho(actor: Request['actor'], language: Language): readonly WordLine[] {
  const words = LABELS_OF[language]
  if (actor === null) return [line(words.who, words.anonymous)]
  const country = actor.country === null ? null : nameCountry(actor.country, language)
  const who = [actor.role, actor.agency, country].filter((part) => part !== null).join(', ')
  return [
    line(words.who, who === '' ? words.unnamed : who),
    line(words.pseudonym, actor.ref),
    ...(actor.tokenId === null ? [] : [line(words.token, actor.tokenId)]),
    ...(actor.assurance === null ? [] : [line(words.assurance, actor.assurance)]),
  ]
}

function describeGrounds(grounds: Request['grounds'], language: Language): readonly WordLine[] {
  const words = LABELS_OF[language]
  if (grounds === null) return [line(words.purpose, words.noGrounds)]
  const { purpose, taskForce, legalBasis, caseRef } = grounds
  return [
    line(words.purpose, purpose === null ? words.noPurpose : words.purposes[purpose]),
    ...(taskForce === null ? [] : [line(words.taskForce, taskForce)]),
    ...(legalBasis.length === 0 ? [] : [line(words.legalBasis, legalBasis.join(', '))]),
    ...(caseRef === null ? [] : [line(words.caseRef, caseRef)]),
  ]
}

function describeLegs(lists: readonly Lists[], language: Language): readonly string[] {
  const words = LABELS_OF[language]
  return lists
    .flatMap(({ legs }) => legs)
    .map(({ country, domain, reach, code, records }) => {
      const name = country === null ? domain : `${nameCountry(country, language)} (${domain})`
      const count = records === null ? '' : `, ${words.records(records.count)}`
      return `${name}: ${words.reaches[reach as Reach]}${code === null ? '' : ` [${code}]`}${count}`
    })
}

function describeDenials(lists: readonly Lists[], language: Language): readonly string[] {
  return lists
    .flatMap(({ denied }) => denied)
    .map(({ coordinate, kind, country }) => {
      const by = country === null ? '' : ` (${nameCountry(country, language)})`
      return `${coordinate}: ${kind}${by}`
    })
}

function describeResult({ status, codes, durationMs, isHangup, isDryRun }: Request['result'], words: Labels): string {
  const parts = [
    `HTTP ${status}`,
    ...(codes.length === 0 ? [] : [codes.join(', ')]),
    `${durationMs} ms`,
    ...(isHangup ? [words.hangup] : []),
    ...(isDryRun ? [words.dryRun] : []),
  ]
  return parts.join('; ')
}

function describeLeg(entry: EntryOf<'leg'>, language: Language): readonly WordLine[] {
  const words = LABELS_OF[language]
  const { result, records, gateway, requestId, coordinates, moreCoordinates } = entry
  const asked = [...coordinates, ...(moreCoordinates === 0 ? [] : [words.more(moreCoordinates)])]
  return [
    line(words.country, `${nameCountry(entry.country, language)} (${entry.domain})`),
    ...describeWho(entry.actor, language),
    ...describeGrounds(entry.grounds, language),
    ...(gateway === null ? [] : [line(words.through, gateway)]),
    ...(requestId === null ? [] : [line(words.request, requestId)]),
    line(words.asked, listOf(asked, words)),
    line(words.denied, listOf(describeDenials([{ legs: [], denied: result.denied }], language), words)),
    line(words.gave, words.records(records.count)),
    line(words.ended, `HTTP ${result.status}${result.code === null ? '' : `; ${result.code}`}`),
  ]
}

type SuspensionAct =
  | EntryOf<'node-suspension' | 'authority-suspension'>
  | Extract<EntryOf<'suspension'>, { readonly v: 2 }>

function describeSuspension(entry: SuspensionAct, language: Language): readonly WordLine[] {
  const words = LABELS_OF[language]
  const { action, what, by, source, reason, seq, statement } = entry
  return [
    line(words.act, action === 'SUSPENDED' ? words.suspended : words.resumed),
    line(words.kinds[what.kind], what.value),
    line(words.signer, by),
    line(words.reason, reason),
    ...(source === null ? [] : [line(words.source, source)]),
    line(words.statement, `${seq}, ${statement}`),
  ]
}

/** Members that every entry has, or that stand in a line of their own. */
const KNOWN_MEMBERS = new Set(['v', 'kind', 'id', 'time', 'gateway', 'node', 'origin', 'actor', 'grounds'])

/** Describes an entry about the log or about its operator by its members, because each kind has few. */
function describeRest(entry: Entry, language: Language): readonly WordLine[] {
  const lines: WordLine[] = []
  if ('actor' in entry && entry.actor != null) lines.push(...describeWho(entry.actor, language))
  if ('grounds' in entry && entry.grounds != null) lines.push(...describeGrounds(entry.grounds, language))
  for (const [name, value] of Object.entries(entry)) {
    if (KNOWN_MEMBERS.has(name) || value === null || value === undefined) continue
    lines.push(line(name, typeof value === 'string' ? value : JSON.stringify(value)))
  }
  return lines
}

function listOf(items: readonly string[], { nothing }: Labels): string {
  return items.length === 0 ? nothing : items.join('\n')
}
