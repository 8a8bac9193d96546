import type { Purpose } from '../access-token.ts'
import { nameCountryIn } from '../country-name.ts'
import type { Language } from '../language.ts'
import type { Reach } from '../outcome.ts'
import { readWords } from '../read-words.ts'
import type { SuspendedKind } from '../trust/suspended-kinds.ts'
import type { Entry, EntryOf } from './entry.ts'

/** An entry of an audit log in words, for people who do not read JSON. */

const FILES: Readonly<Record<Language, URL>> = {
  en: new URL('entry-words.en.yaml', import.meta.url),
  es: new URL('entry-words.es.yaml', import.meta.url),
}

/** The words of one language: labels and phrases by their keys, and the names of what entries have codes for. */
interface EntryLabels {
  readonly labels: Readonly<Record<string, string>>
  readonly kinds: Readonly<Record<SuspendedKind, string>>
  readonly purposes: Readonly<Record<Purpose, string>>
  readonly reaches: Readonly<Record<Reach, string>>
  /** What an entry of each kind says happened, in one sentence. */
  readonly titles: Readonly<Record<Entry['kind'], string>>
}

/** Returns the words of a language. */
export function entryLabels(language: Language): EntryLabels {
  return readWords(FILES[language])
}

/** Says a label or a phrase. A phrase about a number has a form for one. */
type Label = (key: string, count?: number) => string

function labelsIn(language: Language): Label {
  const { labels } = entryLabels(language)
  return (key, count) => {
    const text = (count === 1 ? labels[`${key}_one`] : labels[`${key}_other`]) ?? labels[key] ?? key
    return text.replace('{{count}}', String(count))
  }
}

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
  const label = labelsIn(language)
  const title = entryLabels(language).titles[entry.kind]
  const lines = [line(label('when'), describeTime(entry.time)), line(label('log'), originOf(entry))]
  if (entry.kind === 'request') lines.push(...describeRequest(entry, parts, language))
  else if (entry.kind === 'leg') lines.push(...describeLeg(entry, language))
  else if ('what' in entry) lines.push(...describeSuspension(entry, language))
  else lines.push(...describeRest(entry, language))
  return { title, lines: [...lines, line(label('id'), entry.id)] }
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
  const label = labelsIn(language)
  const { operation, result } = entry
  const lists = [entry, ...parts]
  const coordinates = lists.flatMap((part) => part.coordinates)
  const legs = describeLegs(lists, language)
  const denials = describeDenials(lists, language)
  // What each country answered stands in continuations. Without them, nobody may read that nobody answered. A country that has its own part reads
  // nothing of how many others there are.
  const missing = legs.length > 0 ? 0 : entry.continuations - parts.length
  const nothing = missing > 0 ? label('elsewhere', missing) : label('nothing')
  return [
    ...describeWho(entry.actor, language),
    ...describeGrounds(entry.grounds, language),
    ...(operation?.name == null ? [] : [line(label('operation'), operation.name)]),
    line(label('asked'), listOf(coordinates, label)),
    line(label('answered'), legs.join('\n') || nothing),
    line(label('denied'), denials.join('\n') || nothing),
    line(label('ended'), describeResult(result, label)),
  ]
}

/** Describes who asked. A caller is named by country, agency, role and pseudonym: no log has the name of a person. */
function describeWho(actor: Request['actor'], language: Language): readonly WordLine[] {
  const label = labelsIn(language)
  if (actor === null) return [line(label('who'), label('anonymous'))]
  const country = actor.country === null ? null : nameCountry(actor.country, language)
  const who = [actor.role, actor.agency, country].filter((part) => part !== null).join(', ')
  return [
    line(label('who'), who === '' ? label('unnamed') : who),
    line(label('pseudonym'), actor.ref),
    ...(actor.tokenId === null ? [] : [line(label('token'), actor.tokenId)]),
    ...(actor.assurance === null ? [] : [line(label('assurance'), actor.assurance)]),
  ]
}

function describeGrounds(grounds: Request['grounds'], language: Language): readonly WordLine[] {
  const label = labelsIn(language)
  if (grounds === null) return [line(label('purpose'), label('noGrounds'))]
  const { purpose, taskForce, legalBasis, caseRef } = grounds
  return [
    line(label('purpose'), purpose === null ? label('noPurpose') : entryLabels(language).purposes[purpose]),
    ...(taskForce === null ? [] : [line(label('taskForce'), taskForce)]),
    ...(legalBasis.length === 0 ? [] : [line(label('legalBasis'), legalBasis.join(', '))]),
    ...(caseRef === null ? [] : [line(label('caseRef'), caseRef)]),
  ]
}

function describeLegs(lists: readonly Lists[], language: Language): readonly string[] {
  const label = labelsIn(language)
  return lists
    .flatMap(({ legs }) => legs)
    .map(({ country, domain, reach, code, records }) => {
      const name = country === null ? domain : `${nameCountry(country, language)} (${domain})`
      const count = records === null ? '' : `, ${label('records', records.count)}`
      return `${name}: ${entryLabels(language).reaches[reach as Reach]}${code === null ? '' : ` [${code}]`}${count}`
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

function describeResult({ status, codes, durationMs, isHangup, isDryRun }: Request['result'], label: Label): string {
  const parts = [
    `HTTP ${status}`,
    ...(codes.length === 0 ? [] : [codes.join(', ')]),
    `${durationMs} ms`,
    ...(isHangup ? [label('hangup')] : []),
    ...(isDryRun ? [label('dryRun')] : []),
  ]
  return parts.join('; ')
}

function describeLeg(entry: EntryOf<'leg'>, language: Language): readonly WordLine[] {
  const label = labelsIn(language)
  const { result, records, gateway, requestId, coordinates, moreCoordinates } = entry
  const asked = [...coordinates, ...(moreCoordinates === 0 ? [] : [label('more', moreCoordinates)])]
  return [
    line(label('country'), `${nameCountry(entry.country, language)} (${entry.domain})`),
    ...describeWho(entry.actor, language),
    ...describeGrounds(entry.grounds, language),
    ...(gateway === null ? [] : [line(label('through'), gateway)]),
    ...(requestId === null ? [] : [line(label('request'), requestId)]),
    line(label('asked'), listOf(asked, label)),
    line(label('denied'), listOf(describeDenials([{ legs: [], denied: result.denied }], language), label)),
    line(label('gave'), label('records', records.count)),
    line(label('ended'), `HTTP ${result.status}${result.code === null ? '' : `; ${result.code}`}`),
  ]
}

type SuspensionAct =
  | EntryOf<'node-suspension' | 'authority-suspension'>
  | Extract<EntryOf<'suspension'>, { readonly v: 2 }>

function describeSuspension(entry: SuspensionAct, language: Language): readonly WordLine[] {
  const label = labelsIn(language)
  const { action, what, by, source, reason, seq, statement } = entry
  return [
    line(label('act'), action === 'SUSPENDED' ? label('suspended') : label('resumed')),
    line(entryLabels(language).kinds[what.kind], what.value),
    line(label('signer'), by),
    line(label('reason'), reason),
    ...(source === null ? [] : [line(label('source'), source)]),
    line(label('statement'), `${seq}, ${statement}`),
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

function listOf(items: readonly string[], label: Label): string {
  return items.length === 0 ? label('nothing') : items.join('\n')
}
