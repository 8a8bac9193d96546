import type { Desk, Originals } from './desk.ts'

/** What a command must say: a verdict, and the kinds of all its findings or differences. */
export interface Expected {
  readonly verdict: 'HOLDS' | 'FAILS' | 'UNTOLD' | 'HELD'
  readonly kinds: readonly string[]
}

/** The answer is yes, with these classes of expected differences. */
export const holds = (...kinds: readonly string[]): Expected => ({ verdict: 'HOLDS', kinds: kinds.toSorted() })
/** The answer is no, with exactly these kinds of findings. */
export const fails = (...kinds: readonly string[]): Expected => ({ verdict: 'FAILS', kinds: kinds.toSorted() })
/** The answer is yes of a point in the past, and of no other. */
export const held = (): Expected => ({ verdict: 'HELD', kinds: [] })
/** The command cannot tell. */
export const untold = (...kinds: readonly string[]): Expected => ({ verdict: 'UNTOLD', kinds: kinds.toSorted() })

/** One act of tampering, and what must be said of it. */
export interface TamperingCase {
  /** What somebody did, as the end of «finds: …». */
  readonly title: string
  /** From the logs when half of the requests were logged, instead of the whole ones. */
  readonly isHalf?: boolean
  readonly tamper: (desk: Desk, originals: Originals) => Promise<unknown>
  /** Further arguments of `verify`, such as a checkpoint that was kept. */
  readonly kept?: (desk: Desk, originals: Originals) => readonly string[]
  /** What `istmo audit verify` of both logs says. */
  readonly verify: Expected
  /** What the first finding must name: the exact place. */
  readonly names?: RegExp
  /** What `istmo audit reconcile` of both logs says. Absent if the case is not about it. */
  readonly reconcile?: Expected
  /** What the independent checker says of both logs. By default the same as `verify`. */
  readonly python?: Expected['verdict']
}

/** One act on a file that is shown without its log. */
export interface ProofCase {
  readonly title: string
  /** Makes the file, and returns its path. */
  readonly file: (desk: Desk) => Promise<string>
  /** The text of another trust policy than that of the desk. */
  readonly policy?: string
  /** What `istmo audit check` says. */
  readonly check: Expected
  /** What the independent checker says. By default the same. */
  readonly python?: Expected['verdict']
}
