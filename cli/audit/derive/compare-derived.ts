import { hash } from 'node:crypto'
import { parse, visit } from 'graphql'
import { plainText } from '../../../gateway/merged-legs.ts'
import { canonical, type DerivedLeg, type RecordedLeg } from './legs.ts'
import { findMergedTexts } from './merged-legs.ts'

/** Compares the legs that an audit log has of one question with those that the question makes. */

/**
 * What is said of a leg. `FOLLOWS`: the question makes exactly this leg. `TEXT_FOLLOWS`: it has the text of such a leg, and its values are not known.
 * `MISSING`: the question makes it, and the log does not have it. `NOT_ASKED`: the same, and the log says why.
 */
export type LegVerdict = 'FOLLOWS' | 'TEXT_FOLLOWS' | 'DOES_NOT_FOLLOW' | 'MISSING' | 'NOT_ASKED' | 'UNKNOWN'

/** What is said of one leg, and why; without any value. */
export interface JudgedLeg {
  readonly country: string | null
  readonly domain: string
  readonly verdict: LegVerdict
  /** For people; empty for a leg that follows. */
  readonly why: string
}

/**
 * Judges each recorded leg, and names those that are missing.
 * @param isComplete whether the answers to all derived legs were at hand. If not, a leg may follow from an answer that nobody knows.
 */
export function compareDerived(
  recorded: readonly RecordedLeg[],
  derived: readonly DerivedLeg[],
  isComplete: boolean,
): readonly JudgedLeg[] {
  const sent = recorded.filter(({ requestHash }) => requestHash !== null)
  const unsent = recorded.filter(({ requestHash }) => requestHash === null)
  const places = new Set([...sent, ...derived].map(placeOf))
  return [...places].flatMap((place) => {
    const at = {
      sent: sent.filter(isAt(place)),
      unsent: unsent.filter(isAt(place)),
      derived: derived.filter(isAt(place)),
    }
    return comparePlace(at, isComplete)
  })
}

interface Place {
  readonly sent: readonly RecordedLeg[]
  readonly unsent: readonly RecordedLeg[]
  readonly derived: readonly DerivedLeg[]
}

function placeOf({ country, domain }: Pick<DerivedLeg, 'country' | 'domain'>): string {
  return `${country} ${domain}`
}

function isAt(place: string) {
  return (leg: Pick<DerivedLeg, 'country' | 'domain'>): boolean => placeOf(leg) === place
}

/** The legs of one text and of the same values, except for the entities that they ask about. */
interface Group {
  readonly legs: DerivedLeg[]
  /** The entities that these legs ask about; null if they ask about none. */
  readonly entities: Set<string> | null
  /** How many recorded legs were of this group, and about which entities. */
  asked: number
  readonly askedEntities: Set<string>
}

function comparePlace({ sent, unsent, derived }: Place, isComplete: boolean): readonly JudgedLeg[] {
  const groups = groupDerived(derived)
  const opened = sent.filter(({ opened: body }) => body !== null)
  const closed = sent.filter(({ opened: body }) => body === null)
  const judged = opened.map((leg) => judgeOpened(leg, groups, derived, isComplete))
  const texts = new Map<string, number>()
  for (const { query } of derived) texts.set(query, (texts.get(query) ?? 0) + 1)
  const closedTexts = new Set<string>()
  for (const leg of closed) {
    const own = findTexts(leg, [...texts.keys()])
    for (const text of own) closedTexts.add(text)
    judged.push(...judgeClosed(leg, own, texts, isComplete))
  }
  for (const group of groups.byText.values()) {
    // A leg whose values nobody knows may be any of its text.
    if (closedTexts.has(group.legs[0]?.query ?? '')) continue
    judged.push(...listMissing(group, unsent))
  }
  return judged
}

/** The legs that the question makes, by what they ask. `byPlainText`: the same groups, for the parts of merged legs. */
interface Groups {
  readonly byText: ReadonlyMap<string, Group>
  readonly byPlainText: ReadonlyMap<string, Group>
}

function groupDerived(derived: readonly DerivedLeg[]): Groups {
  const [byText, byPlainText] = [new Map<string, Group>(), new Map<string, Group>()]
  for (const leg of derived) {
    const { rest, entities } = split(leg.variables)
    const key = keyOf(leg.query, rest)
    const group = byText.get(key) ?? { legs: [], entities: entities && new Set(), asked: 0, askedEntities: new Set() }
    group.legs.push(leg)
    for (const entity of entities ?? []) group.entities?.add(entity)
    byText.set(key, group)
    byPlainText.set(keyOf(plainText(leg.query), rest), group)
  }
  return { byText, byPlainText }
}

/** Splits the values of a leg into its entities and the rest. Legs about several entities may be put together in another way. */
function split({ representations, ...rest }: Readonly<Record<string, unknown>>) {
  return { rest, entities: Array.isArray(representations) ? representations.map(canonical) : null }
}

function keyOf(query: string, values: unknown): string {
  return `${query}\n${canonical(values)}`
}

/** The texts that a leg has whose values are not known: its own, those that were merged into it, or none that the question makes. */
function findTexts({ operationHash }: RecordedLeg, texts: readonly string[]): readonly string[] {
  const own = texts.find((text) => hash('sha256', text) === operationHash)
  return own === undefined ? (findMergedTexts(texts, operationHash) ?? []) : [own]
}

function judgeOpened(leg: RecordedLeg, groups: Groups, derived: readonly DerivedLeg[], isComplete: boolean): JudgedLeg {
  const { query, variables } = leg.opened ?? { query: '', variables: {} }
  if (hash('sha256', query) !== leg.operationHash) {
    return judge(leg, 'DOES_NOT_FOLLOW', 'the log has the hash of another text than that of its own leg')
  }
  const { rest, entities } = split(variables)
  const group = (leg.isPart === true ? groups.byPlainText : groups.byText).get(keyOf(query, rest))
  const mayFollow = !isComplete && entities !== null
  if (group === undefined) {
    const why = describeDifference(query, rest, derived)
    return mayFollow
      ? judge(leg, 'UNKNOWN', `${why}; it may follow from an answer that is not at hand`)
      : judge(leg, 'DOES_NOT_FOLLOW', why)
  }
  group.asked++
  const foreign = (entities ?? []).filter((entity) => !group.entities?.has(entity)).length
  for (const entity of entities ?? []) group.askedEntities.add(entity)
  if (foreign > 0) {
    const why = `it asks about ${foreign} records that neither the question nor an answer to it names`
    return mayFollow ? judge(leg, 'UNKNOWN', `${why}, of those that are at hand`) : judge(leg, 'DOES_NOT_FOLLOW', why)
  }
  if (entities === null && group.asked > group.legs.length) {
    return judge(leg, 'DOES_NOT_FOLLOW', 'the question makes it fewer times')
  }
  return judge(leg, 'FOLLOWS', '')
}

function describeDifference(
  query: string,
  values: Readonly<Record<string, unknown>>,
  derived: readonly DerivedLeg[],
): string {
  if (derived.length === 0) return 'the question asks nothing of this country and domain'
  const text = plainText(query)
  const sameText = derived.find((each) => plainText(each.query) === text)
  if (sameText !== undefined) {
    const { rest } = split(sameText.variables)
    const names = [...new Set([...Object.keys(rest), ...Object.keys(values)])]
    const differing = names.filter((name) => canonical(rest[name]) !== canonical(values[name])).sort()
    return `it has other values than the question: ${differing.map((name) => `$${name}`).join(', ')}`
  }
  const known = new Set(derived.flatMap((each) => fieldsOf(each.query)))
  const foreign = fieldsOf(query).filter((name) => !known.has(name))
  if (foreign.length === 0) return 'the question makes no leg with its text'
  return `it asks for what the question does not: ${foreign.join(', ')}`
}

/** Lists the names of the fields and arguments of a leg, each once. */
function fieldsOf(query: string): readonly string[] {
  const names = new Set<string>()
  try {
    visit(parse(query), {
      Field({ name, arguments: given = [] }) {
        names.add(name.value)
        for (const argument of given) names.add(`${name.value}(${argument.name.value}:)`)
      },
    })
  } catch {
    // The text is not GraphQL, so it asks for nothing.
  }
  return [...names]
}

/** Judges a leg whose values are not known, by its texts. `texts` says how many legs of a text are left. */
function judgeClosed(
  leg: RecordedLeg,
  own: readonly string[],
  texts: Map<string, number>,
  isComplete: boolean,
): readonly JudgedLeg[] {
  if (own.length === 0) return [judgeUnknown(leg, isComplete)]
  return own.map((text) => {
    const left = texts.get(text) ?? 0
    if (left === 0) return judgeUnknown(leg, isComplete)
    texts.set(text, left - 1)
    return judge(leg, 'TEXT_FOLLOWS', `its text follows; nothing at hand opens its values (${leg.outcome})`)
  })
}

function judgeUnknown(leg: RecordedLeg, isComplete: boolean): JudgedLeg {
  if (!isComplete) return judge(leg, 'UNKNOWN', 'it may follow from an answer that is not at hand')
  return judge(leg, 'DOES_NOT_FOLLOW', 'the question makes no further leg with its text')
}

function listMissing(
  { legs, entities, asked, askedEntities }: Group,
  unsent: readonly RecordedLeg[],
): readonly JudgedLeg[] {
  const [first] = legs
  if (first === undefined) return []
  const missing =
    entities === null ? legs.length - asked : [...entities].filter((each) => !askedEntities.has(each)).length
  if (missing <= 0) return []
  const what = entities === null ? 'the question asks for it' : `the question asks for it about ${missing} records`
  const [reason] = unsent
  if (reason !== undefined) return [judge(first, 'NOT_ASKED', `${what}; the log says ${reason.outcome}`)]
  return [judge(first, 'MISSING', `${what}, and the log has no such leg`)]
}

function judge(
  { country, domain }: Pick<DerivedLeg, 'country' | 'domain'>,
  verdict: LegVerdict,
  why: string,
): JudgedLeg {
  return { country, domain, verdict, why }
}
