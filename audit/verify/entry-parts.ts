import type { Entry } from '../../contract/audit-log/entry.ts'

/** After so many further entries, a part that is still missing does not come any more. The log writes all parts of an entry at once. */
const WAIT_FOR_PARTS = 10_000

/** What is wrong with the parts of an entry: a sentence's end after «expected … , came …». */
export interface PartsFault {
  /** The index of the entry, or of its first part if the entry itself is missing. */
  readonly index: number
  readonly expected: string
  readonly came: string
}

/** Watches that each request has all its continuations, and each leg all its details: the parts 1, 2, 3 …, each once. */
export interface PartsWatch {
  /** Takes the next entry in order. Returns what is wrong with this entry, and with entries that have waited too long. */
  readonly push: (index: number, entry: Entry) => readonly PartsFault[]
  /**
   * Says that the entries before the next one were pruned. An entry and its parts stand one behind another, so only what stands at one of the two edges may
   * have lost the others.
   * @param from the index of the first entry that is gone
   * @param until the index of the next entry
   */
  readonly skip: (from: number, until: number) => void
  /** Returns what is still missing at the end of the log. */
  readonly end: () => readonly PartsFault[]
}

/** What is known of an entry that has parts. */
interface Waiting {
  /** The index of what came first: the entry or one of its parts. */
  readonly since: number
  /** The index of what came last. */
  last: number
  /** How many parts the entry says that it has; undefined until the entry comes. */
  declared: number | undefined
  readonly parts: Set<number>
  readonly what: 'continuations' | 'details'
}

/** Creates a watch for one log. It remembers only entries whose parts are not complete, for at most 10,000 entries. */
export function watchParts(): PartsWatch {
  const waiting = new Map<string, Waiting>()
  /** The indexes behind pruned entries. */
  const edges = new Set<number>()

  const open = (id: string, index: number, what: Waiting['what']): Waiting => {
    const found = waiting.get(id) ?? { since: index, last: index, declared: undefined, parts: new Set<number>(), what }
    found.last = index
    waiting.set(id, found)
    return found
  }

  const giveUp = (before: number): readonly PartsFault[] => {
    const faults: PartsFault[] = []
    for (const [id, entry] of waiting) {
      if (entry.since >= before) break
      waiting.delete(id)
      if (!isCutBefore(entry, edges)) faults.push(describeMissing(entry))
    }
    return faults
  }

  const declare = (id: string, index: number, count: number, what: Waiting['what']): void => {
    if (count === 0 && !waiting.has(id)) return
    open(id, index, what).declared = count
  }

  const settle = (id: string): void => {
    const entry = waiting.get(id)
    if (entry?.declared !== undefined && isComplete(entry.parts, entry.declared)) waiting.delete(id)
  }

  const addPart = (index: number, of: string, part: number, what: Waiting['what']): readonly PartsFault[] => {
    const entry = open(of, index, what)
    if (entry.parts.has(part))
      return [{ index, expected: `each part of an entry once`, came: `part ${part} once more` }]
    entry.parts.add(part)
    settle(of)
    return []
  }

  const push: PartsWatch['push'] = (index, entry) => {
    const late = giveUp(index - WAIT_FOR_PARTS)
    if (entry.kind === 'continuation') return [...late, ...addPart(index, entry.of, entry.part, 'continuations')]
    if (entry.kind === 'leg-detail') return [...late, ...addPart(index, entry.of, entry.part, 'details')]
    if (entry.kind === 'request') declare(entry.id, index, entry.continuations, 'continuations')
    if (entry.kind === 'leg') declare(entry.id, index, entry.details, 'details')
    settle(entry.id)
    return late
  }

  const skip: PartsWatch['skip'] = (from, until) => {
    for (const [id, entry] of waiting) if (entry.last === from - 1 && isCutBehind(entry)) waiting.delete(id)
    edges.add(until)
  }

  return { push, skip, end: () => giveUp(Number.POSITIVE_INFINITY) }
}

/** Whether what an entry lacks stood before it, at an edge: a request stands before its continuations, and details before their leg. */
function isCutBefore({ since, declared, what }: Waiting, edges: ReadonlySet<number>): boolean {
  return edges.has(since) && (what === 'details' || declared === undefined)
}

/** Whether what an entry lacks may stand behind it. */
function isCutBehind({ declared, what }: Waiting): boolean {
  return what === 'continuations' ? declared !== undefined : declared === undefined
}

function isComplete(parts: ReadonlySet<number>, count: number): boolean {
  return parts.size === count && [...parts].every((part) => part <= count)
}

function describeMissing({ since, declared, parts, what }: Waiting): PartsFault {
  const came =
    parts.size === 0 ? 'none of them' : `the parts ${[...parts].sort((one, other) => one - other).join(', ')}`
  const expected = declared === undefined ? 'the entry that the part belongs to' : `${declared} ${what}`
  return { index: since, expected, came: declared === undefined ? `${came} without it` : came }
}
