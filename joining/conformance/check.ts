import type { Domain } from '../../contract/domain.ts'
import type { Both } from './both.ts'
import type { RulesFacts } from './identity.ts'
import type { Ask } from './leg.ts'
import type { ReadingWorld } from './read.ts'
import type { Sample } from './sample.ts'

/** One thing that a check did not find as the contract says. It holds nothing of a record but ids. */
export interface Finding {
  /** Where: a field, a filter, the kind of a token. */
  readonly place: string
  readonly expected: Both
  readonly came: Both
}

/** How a check ended. */
export type CheckResult =
  | { readonly kind: 'TRIED'; readonly count: number; readonly findings: readonly Finding[] }
  /** The country's records have nothing to check it with. `reason` says what is missing. */
  | { readonly kind: 'NOT_TRIED'; readonly reason: Both }

/** What the checks work with. */
export interface World extends ReadingWorld {
  readonly domains: readonly Domain[]
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

/** The parts of the report, in its order. */
export const AREAS = [
  'records',
  'entities',
  'lists',
  'filters',
  'search',
  'protected',
  'rows',
  'counts',
  'law',
  'rules',
  'tokens',
  'questions',
  'quotas',
  'requests',
  'receipts',
  'load',
] as const
/** One of {@link AREAS}. */
export type Area = (typeof AREAS)[number]

/** One check. */
export interface Check {
  /** `area.name`, under which its words stand in words.en.yaml. It does not change between versions, so that scripts can name it. */
  readonly id: `${Area}.${string}`
  /** The domain that it is about; a country that does not serve it is not checked for it. Absent: each domain. */
  readonly domain?: Domain
  /** The use of leg tokens that it is about; a country whose file says the other is not checked for it. */
  readonly legTokens?: RulesFacts['legTokens']
  /** Whether a node answers it and not the service behind it: it needs no records. */
  readonly isOfNode?: boolean
  readonly run: (world: World) => Promise<CheckResult>
}

/** Collects what a check finds. */
export interface Tally {
  /** Notes that something was tried, and what is wrong with it unless `isGood`. Returns `isGood`. */
  readonly note: (isGood: boolean, place: string, expected: Both, came: Both) => boolean
  /** Returns the result. `missing` says what the records lack if nothing was tried. */
  readonly result: (missing: Both) => CheckResult
}

/** Makes a tally. */
export function createTally(): Tally {
  let count = 0
  const findings: Finding[] = []
  return {
    note(isGood, place, expected, came) {
      count += 1
      if (!isGood) findings.push({ place, expected, came })
      return isGood
    },
    result: (missing) => (count === 0 ? { kind: 'NOT_TRIED', reason: missing } : { kind: 'TRIED', count, findings }),
  }
}
