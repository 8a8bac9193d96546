import type { Domain } from '../../contract/domain.ts'
import type { RulesFacts } from './identity.ts'
import { type Ask, codesOf, isRefused, type Reply } from './leg.ts'
import type { Sample } from './read.ts'
import { isAbsent, type ReadingWorld } from './read.ts'

/** What a report shows of a value: itself, or of an answer its status and codes. */
export type Shown = string | number | Reply

/** Values for the holes of a text. */
export type Holes = Readonly<Record<string, string | number>>

/** One thing that a check tried. It holds nothing of a record but ids. */
export interface Tried {
  readonly isGood: boolean
  /** Where: a field, a filter, the kind of a token. */
  readonly place: string
  /** What is right, where each language writes it in the same way. Absent: the check's text `expected` in words.en.yaml. */
  readonly expected?: Shown | undefined
  /** What came. Absent: the check's text `came`. */
  readonly came?: Shown | undefined
  /** What these texts need. */
  readonly holes?: Holes
}

/** What the checks work with. */
export interface World extends ReadingWorld {
  /** The country's records, or the newest of them. */
  readonly sample: Sample
  /** The verifier key of the node's audit log; null if it has none. */
  readonly vkey: string | null
  /** How many records of a type, and lists below records, a check tries at most. */
  readonly tries: number
  /** How many legs are sent at the same time in the check of many callers. */
  readonly concurrency: number
  /** How long a leg may take, in milliseconds. */
  readonly deadlineMs: number
  /** Ids of records that the reader must not see, as the country says (`--hidden`). */
  readonly hidden: readonly string[]
  /** Asks the service behind the node without a task force; null if the checks do not know it. */
  readonly askService: Ask | null
}

/** One check. */
export interface Check {
  /** `part.name`, under which its words stand in words.en.yaml. It does not change between versions, so that scripts can name it. */
  readonly id: `${string}.${string}`
  /** The domain that it is about; a country that does not serve it is not checked for it. Absent: each domain. */
  readonly domain?: Domain
  /** The use of leg tokens that it is about; a country whose file says the other is not checked for it. */
  readonly legTokens?: RulesFacts['legTokens']
  /** Whether a node answers it and not the service behind it: it needs no records. */
  readonly isOfNode?: true
  /** What its words need. */
  readonly holes?: Holes
  /** Tries the check. If the country's records have nothing to try it with, it gives nothing, and its text `missing` says what they lack. */
  readonly run: (world: World) => AsyncIterable<Tried> | Iterable<Tried>
}

/** Returns what makes checks of one part of the report, by their names. `common`: what they have in common. */
export function makeChecks(part: string, common: Omit<Check, 'id' | 'run'> = {}) {
  return (checks: Readonly<Record<string, Check['run']>>): readonly Check[] =>
    Object.entries(checks).map(([name, run]) => ({ ...common, id: `${part}.${name}`, run }))
}

/** Makes a function that works once for each object, and then gives the same again: several checks compare with it. */
export function once<Key extends object, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return (key) => {
    if (!known.has(key)) known.set(key, work(key))
    return known.get(key) as Value
  }
}

/** Judges whether a record is absent from an answer as it must be: null, and no error. */
export function judgeAbsent(place: string, reply: Reply, value: unknown): Tried {
  return { isGood: isAbsent(reply, value), place, expected: 'null', came: reply }
}

/** Judges whether a leg was refused as a whole, with this status and no code but this one. */
export function judgeRefusal(place: string, reply: Reply, status: number, code: string): Tried {
  const isGood = reply.status === status && isRefused(reply) && codesOf(reply).every((each) => each === code)
  return { isGood, place, expected: `HTTP ${status}, ${code}`, came: reply }
}
