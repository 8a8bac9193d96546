/** One act: what somebody tries who has captured a part, and what must come of it. */
import type { Captor, LegParts, Tried } from '../captor.ts'
import { shownTo } from '../kept.ts'

/** What must come of an act. */
export interface Expected {
  readonly where: Tried['where']
  readonly code: string
  /**
   * Where it stands: `leg`, an entry of its own in the node's log; `count`, a count of the node's log, because the leg has no good leg token;
   * `refusal` or `grant`, an entry of the authority's log; `refusal-count`, a count there; `nowhere`, because no log is concerned.
   */
  readonly log: 'leg' | 'count' | 'refusal' | 'refusal-count' | 'grant' | 'nowhere'
}

/** An act. */
export interface Act {
  readonly title: string
  /** The row of ARCHITECTURE.md's table of what remains with `any`; null for what another part than the gateway does. */
  readonly row: string | null
  readonly signed: Expected
  /** Default: the same as with signed questions. */
  readonly any?: Expected
  /** A part of the reason in the node's own log. Default: that of acts/reasons.ts. */
  readonly why?: string
  readonly attack: (captor: Captor) => Promise<Tried>
}

/** The rows of the table. */
export const ROWS = {
  caller: 'somebody who does not exist, or who is not logged in any more',
  rights: 'another scope, purpose, legal basis, case, task force or country',
  mandate: 'a mandate that is over, was revoked, has one signature, or has no proof',
  asked: 'another field, argument, filter or id than the officer asked for, or no question at all',
  changed: 'a signed question that was changed, is of somebody else, is too old or from the future',
  often: 'more legs or rows than one question may have',
  token: 'a country token without a question of the last minute',
  key: 'another key or certificate than the gateway’s, or a leg once more',
  stopped: 'what is suspended',
  answer: 'an altered answer',
} as const

/** A leg that a node refuses, with an entry of its own. */
export const refused = (code: string, where: 'HN' | 'GT' = 'HN'): Expected => ({ where, code, log: 'leg' })
/** A leg that a node refuses before it knows whose it is. */
export const counted = (code: string, where: 'HN' | 'GT' = 'HN'): Expected => ({ where, code, log: 'count' })
/** An exchange that the authority refuses. */
export const noToken = (code: string): Expected => ({ where: 'authority', code, log: 'refusal' })
/** What is answered. */
export const ANSWERED: Expected = { where: 'HN', code: 'ANSWERED', log: 'leg' }

/** A leg of the officer's question, with changes. */
export const leg =
  (parts: LegParts | ((captor: Captor) => LegParts | Promise<LegParts>)): Act['attack'] =>
  async (captor) =>
    captor.leg(typeof parts === 'function' ? await parts(captor) : parts)

/** An exchange of the officer's access token, with changes. */
export const exchange =
  (form: Readonly<Record<string, string | undefined>> | ((captor: Captor) => Readonly<Record<string, string>>)) =>
  (captor: Captor): Promise<Tried> =>
    captor.exchange({ form: typeof form === 'function' ? form(captor) : form })

export { shownTo }
