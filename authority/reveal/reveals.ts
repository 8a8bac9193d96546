/** Takes auditors' requests that a security officer approved: the entry first, then what the authority's share is made of. */
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import type { RevealRefusal } from '../../contract/audit-log/reveal-entries.ts'
import { DocumentError } from '../../contract/trust/personal-jws.ts'
import type { RevealAct, RevealActAnswer } from '../../contract/trust/reveal/reveal-act.ts'
import {
  type RevealAbout,
  type RevealRequest,
  readRequestKid,
  verifyRevealRequest,
} from '../../contract/trust/reveal/reveal-request.ts'
import { sealShare } from '../../contract/trust/reveal/sealed-officer.ts'
import type { Recorder } from '../../service/audit-log/recorder.ts'
import type { FindSuspension, Officer } from '../doors.ts'
import type { AuthorityLog } from '../log/authority-log.ts'
import type { PinnedAuditor, RevealPins } from '../settings/reveal-settings.ts'
import type { AuthoritySettings } from '../settings/settings.ts'
import type { Query } from '../store/database.ts'
import { findAnswered, findSeal, findSeals, type SealPlace } from '../store/reveals.ts'
import type { OfficerRefs } from '../tokens/officer-refs.ts'
import { findOfficer } from './find-officer.ts'
import { MAX_REQUEST_AGE_S, RevealRefusedError } from './refused.ts'

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** What the reveals of an authority work with. */
export interface RevealsOptions {
  readonly settings: Pick<AuthoritySettings, 'issuer'>
  readonly recorder: Pick<Recorder, 'append' | 'newBase'>
  /** The name of the log. */
  readonly origin: string
  readonly followed: AuthorityLog['followed']
  readonly findSalt: AuthorityLog['findSalt']
  readonly refs: OfficerRefs
  readonly pins: () => RevealPins | null
  readonly query: Query
  /** Resolves when the database has the rows of all entries that are durable now. */
  readonly reachRows: () => Promise<void>
  readonly findSuspension: FindSuspension
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** What is known of a request so far, for the entry of its refusal. */
interface KnownRequest {
  readonly approver: string
  auditor: string | null
  key: string | null
  request: string | null
}

/** Takes one approval. */
export type TakeRevealAct = (officer: Officer, act: RevealAct) => Promise<RevealActAnswer>

/**
 * Creates the function that takes approvals, one after another. A request that was answered before gets the same entry again, and no second one.
 * It rejects with a {@link RevealRefusedError} if the rules refuse a request, and with any other error if that cannot be told now.
 */
export function createReveals(options: RevealsOptions): TakeRevealAct {
  let turn: Promise<unknown> = Promise.resolve()
  return (officer, act) => {
    const done = turn.then(() => takeAct(options, officer, act))
    turn = done.catch(() => undefined)
    return done
  }
}

async function takeAct(options: RevealsOptions, approver: Officer, act: RevealAct): Promise<RevealActAnswer> {
  const known: KnownRequest = { approver: options.refs.refOf(approver), auditor: null, key: null, request: null }
  try {
    return await approve(options, approver, act, known)
  } catch (error) {
    const refusal = error instanceof DocumentError ? new RevealRefusedError('REQUEST_INVALID', error.message) : error
    if (refusal instanceof RevealRefusedError) {
      const { recorder, origin } = options
      const entry = { ...recorder.newBase(), origin, kind: 'reveal-refusal', reason: refusal.reason, ...known } as const
      await recorder.append([entry])
    }
    throw refusal
  }
}

async function approve(
  options: RevealsOptions,
  approver: Officer,
  act: RevealAct,
  known: KnownRequest,
): Promise<RevealActAnswer> {
  const pins = options.pins()
  if (pins === null || !pins.approvers.some((post) => isPost(approver, post))) throw refused('NOT_ALLOWED')
  const { request, auditor } = await readRequest(options, act.request, pins, known)
  await options.reachRows()
  const before = await findAnswered(options.query, request.hash)
  if (before !== null) {
    const seal = await findSeal(options.query, before.seal)
    if (seal === null) throw new Error('expected the seal of a request that was answered; the database has none')
    return { ...(await toAnswer(options, request, seal, pins)), reveal: toPlace(before), isRepeated: true }
  }
  const age = options.now() / 1_000 - request.claims.iat
  if (age < -CLOCK_TOLERANCE_S || age > MAX_REQUEST_AGE_S) throw refused('REQUEST_STALE')
  const ref = await findOfficer(request.claims.about, options)
  if (ref === null) throw refused('OFFICER_UNKNOWN')
  if (options.refs.refsOf(approver).includes(ref)) throw refused('APPROVER_IS_OFFICER')
  const own = new Set(auditor.keys.sealing.map(({ kid }) => kid))
  const seal = (await findSeals(options.query, ref)).find(({ auditors }) => auditors.some((kid) => own.has(kid)))
  if (seal === undefined) throw refused('NOT_SEALED')
  // The answer is made before the entry, so that the log has no reveal of a seal that nobody can open any more.
  const answer = await toAnswer(options, request, seal, pins)
  const reveal = await writeEntry(options, { request, auditor, seal, approver: known.approver })
  return { ...answer, reveal, isRepeated: false }
}

/** Verifies a request with the pinned keys. */
async function readRequest(
  { settings, findSuspension }: RevealsOptions,
  text: string,
  { auditors }: RevealPins,
  known: KnownRequest,
): Promise<{ readonly request: RevealRequest; readonly auditor: PinnedAuditor }> {
  const kid = readRequestKid(text)
  known.key = kid
  if (kid === null) throw refused('REQUEST_INVALID')
  const auditor = auditors.find(({ keys }) => keys.signing.some((key) => key.kid === kid))
  if (auditor === undefined) throw refused('KEY_NOT_PINNED')
  const request = await verifyRevealRequest(text, auditor.keys.signing)
  known.auditor = auditor.name
  known.request = request.hash
  const { aud, seal_to: sealTo } = request.claims
  if (!auditor.keys.sealing.some((key) => key.kid === sealTo)) throw refused('KEY_NOT_PINNED')
  if (aud !== settings.issuer) throw refused('NOT_OF_THIS_AUTHORITY')
  if (findSuspension({ keys: [kid, sealTo] }) !== null) throw refused('KEY_SUSPENDED')
  return { request, auditor }
}

async function toAnswer(
  { findSalt }: RevealsOptions,
  { hash }: RevealRequest,
  seal: SealPlace,
  { authority }: RevealPins,
): Promise<Omit<RevealActAnswer, 'reveal' | 'isRepeated'>> {
  const found = await findSalt(seal.id)
  if (found.kind !== 'KEPT') throw refused('SEAL_ERASED')
  const { share } = await sealShare({ part: 'SALT', ref: seal.officer, share: found.salt }, authority)
  return { request: hash, seal: toPlace(seal), salt: share }
}

interface Approved {
  readonly request: RevealRequest
  readonly auditor: PinnedAuditor
  readonly seal: SealPlace
  readonly approver: string
}

async function writeEntry(
  { recorder, origin }: RevealsOptions,
  approved: Approved,
): Promise<RevealActAnswer['reveal']> {
  const { request, auditor, seal, approver } = approved
  const entry: EntryOf<'reveal'> = {
    ...recorder.newBase(),
    ...{ origin, kind: 'reveal', officer: seal.officer, seal: seal.id, about: describeAbout(request.claims.about) },
    ...{ auditor: auditor.name, key: request.kid, request: request.hash, reason: request.claims.reason, approver },
  }
  const [written] = await recorder.append([entry])
  return { id: entry.id, index: written?.receipt.index ?? 0 }
}

function describeAbout(about: RevealAbout): EntryOf<'reveal'>['about'] {
  if ('ref' in about) return { kind: 'REF', value: about.ref, audience: null }
  if ('token' in about) return { kind: 'TOKEN', value: about.token, audience: null }
  return { kind: 'SUBJECT', value: about.subject, audience: about.audience }
}

function toPlace({ id, index }: { readonly id: string; readonly index: number }): RevealActAnswer['seal'] {
  return { id, index }
}

function isPost({ agency, role }: Officer, post: { readonly agency: string; readonly role: string }): boolean {
  return post.agency === agency && post.role === role
}

function refused(reason: RevealRefusal): RevealRefusedError {
  return new RevealRefusedError(reason)
}
