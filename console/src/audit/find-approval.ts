import type { Entry } from '../../../contract/audit-log/entry.ts'

/**
 * Who approved what an officer acted on: the entries of a mandate in its authority's log. A leg of a country's log names the mandate by its hash. The
 * entries name keys and pseudonyms, and no person.
 */

/** An act on a mandate. */
export interface MandateAct {
  readonly kind: 'mandate-draft' | 'mandate' | 'mandate-revocation'
  /** RFC 3339. */
  readonly time: string
  readonly entryId: string
  /** The authority's log. */
  readonly log: string
  /** The salted hash of the person, and the thumbprint of the person's key. */
  readonly person: string
  readonly key: string
}

/** What an authority's log says of a mandate at the time of an entry. */
export interface Approval {
  readonly acts: readonly MandateAct[]
  /**
   * `IN_FORCE`: approved before the entry and not revoked by then. `NOT_APPROVED`: no approval before it. `REVOKED`: revoked before it. The last day of
   * a mandate is in the document, and not in these entries.
   */
  readonly state: 'IN_FORCE' | 'NOT_APPROVED' | 'REVOKED'
}

/** A mandate as an entry names it: its authority, and its hash in base64url as the authority's log writes it. */
export interface NamedMandate {
  readonly authority: string
  readonly hash: string
}

/** Lists the mandates that an entry names: one for a leg, and one for each authority of a request's legs. */
export function listMandates(entry: Entry, parts: readonly Entry[] = []): readonly NamedMandate[] {
  const named = [entry, ...parts].flatMap((each) => {
    if (each.kind === 'leg') return each.v === 1 ? [] : [each.caller]
    if (each.kind !== 'request' && each.kind !== 'continuation') return []
    return each.legs.map((leg) => leg.caller)
  })
  const mandates = named.flatMap((caller) =>
    caller == null ? [] : [{ authority: caller.authority, hash: toBase64Url(caller.mandate) }],
  )
  return [...new Map(mandates.map((each) => [`${each.authority} ${each.hash}`, each])).values()]
}

/** Finds what an authority's log says of a mandate. @param atTime the time of the entry in question, RFC 3339 */
export function findApproval(hash: string, atTime: string, entries: readonly Entry[]): Approval {
  const acts = entries
    .flatMap((entry): readonly MandateAct[] => {
      const isAct = entry.kind === 'mandate' || entry.kind === 'mandate-draft' || entry.kind === 'mandate-revocation'
      if (!isAct || entry.mandate !== hash) return []
      const { kind, time, id: entryId, origin: log, person, key } = entry
      return [{ kind, time, entryId, log, person, key }]
    })
    .toSorted((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0))
  const before = (kind: MandateAct['kind']): boolean =>
    acts.some((act) => act.kind === kind && Date.parse(act.time) <= Date.parse(atTime))
  const state = before('mandate-revocation') ? 'REVOKED' : before('mandate') ? 'IN_FORCE' : 'NOT_APPROVED'
  return { acts, state }
}

/** Writes a hash of hexadecimal digits in base64url. */
function toBase64Url(hex: string): string {
  const bytes = hex.match(/../g)?.map((digits) => String.fromCharCode(Number.parseInt(digits, 16))) ?? []
  return btoa(bytes.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
