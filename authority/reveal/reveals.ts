/** Puts officers under seal, and takes auditors' requests that a security officer approved (docs/design/trust.md, Reveal). */
import { join } from 'node:path'
import { findFirstByTime } from '../../audit/reader/log-reader.ts'
import type { RevealRefusal } from '../../contract/audit-log/authority-entries.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { DocumentError } from '../../contract/trust/personal-jws.ts'
import {
  parseRevealAct,
  REVEAL_ACTS_FOLDER,
  type RevealAbout,
  type RevealActAnswer,
  type RevealRequest,
  readRequestKid,
  verifyRevealRequest,
} from '../../contract/trust/reveal/reveal-request.ts'
import { newSealSalt, sealOfficer, sealShare } from '../../contract/trust/reveal/sealed-officer.ts'
import type { Officer } from '../doors.ts'
import type { AuthorityLog } from '../log/authority-log.ts'
import type { MandateWorld } from '../mandates/mandates.ts'
import { openRequestInbox, RefusedError } from '../request-inbox.ts'
import type { PinnedAuditor, RevealPins } from '../settings/reveal-settings.ts'
import type { AuthorityDatabase, Projector } from '../store/projector.ts'
import { findAnswered, findSeals, listOfficers, type SealPlace } from '../store/rows.ts'
import { createOfficerRefs, createPersonReader, type OfficerRefs } from '../tokens/officer.ts'

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** How many refs are remembered as sealed. */
const MAX_REMEMBERED = 100_000

/** How long before its use a token may have been given, and how far the auditor's log and this one may differ, in milliseconds. */
const BEFORE_USE_MS = 15 * 60_000
const AFTER_USE_MS = 60_000

/** What {@link openReveals} works with. */
export interface RevealWorld extends Omit<MandateWorld, 'policy'> {
  readonly db: AuthorityDatabase
  readonly projector: Projector
  /** Returns the keys that are pinned now; null without `reveal` in the settings. */
  readonly pins: () => RevealPins | null
}

/**
 * Puts an officer under seal, once for each ref and set of keys. Resolves when the entry is durable, so no token leaves before it. Rejects if it
 * cannot be written.
 */
export type SealOfficer = (officer: Pick<Officer, 'issuer' | 'subject'>, ref: string) => Promise<void>

/** What reveals officers. */
export interface OpenedReveals {
  readonly seal: SealOfficer
  readonly close: () => Promise<void>
}

/** Opens what reveals officers: the seals of those who get tokens, and the folder into which `istmo reveal approve` puts approvals. */
export function openReveals(world: RevealWorld): OpenedReveals {
  const { settings, log, now } = world
  const readPerson = createPersonReader(world.readProviderToken)
  const { close } = openRequestInbox({
    log,
    now,
    inbox: join(settings.auditLog, REVEAL_ACTS_FOLDER),
    waiting: 'could not take the approval of a reveal; the next try follows',
    async carryOut(bytes) {
      const { token, request } = parseRevealAct(bytes)
      return takeRequest(world, await readPerson(token), request)
    },
  })
  return { seal: createSealer(world), close }
}

/** What {@link createSealer} works with. */
export interface SealerWorld extends Pick<RevealWorld, 'db' | 'projector' | 'pins' | 'log'> {
  readonly authorityLog: Pick<AuthorityLog, 'origin' | 'followed'> & {
    readonly recorder: Pick<AuthorityLog['recorder'], 'newBase' | 'append'>
  }
}

/** Creates the function that puts officers under seal. Callers that come while a seal is being written wait for it, and fail with it. */
export function createSealer(world: SealerWorld): SealOfficer {
  /** What is sealed, or about to be, by ref and keys. The oldest comes first. */
  const seals = new Map<string, Promise<void>>()
  return async (officer, ref) => {
    const pins = world.pins()
    if (pins === null) return
    const auditors = pins.auditors.flatMap(({ keys }) => keys.sealing.map(({ kid }) => kid))
    const kids = nameKeys({ authority: pins.authority.kid, auditors })
    const name = `${ref} ${kids}`
    const tryAgain = (error: unknown): never => {
      seals.delete(name)
      throw error
    }
    const sealed = seals.get(name) ?? sealOnce(world, pins, kids, { ...officer, ref }).catch(tryAgain)
    seals.set(name, sealed)
    const [oldest = name] = seals.keys()
    if (seals.size > MAX_REMEMBERED) seals.delete(oldest)
    await sealed
  }
}

/** Writes the seal of an officer under the pinned keys, if the log has none. */
async function sealOnce(
  { authorityLog, db, projector, log }: SealerWorld,
  { authority, auditors }: RevealPins,
  kids: string,
  { ref, ...officer }: Parameters<SealOfficer>[0] & { readonly ref: string },
): Promise<void> {
  const { recorder, origin, followed } = authorityLog
  await projector.reach(followed.size())
  if ((await findSeals(db.query, ref)).some((before) => nameKeys(before) === kids)) return
  const base = recorder.newBase()
  const salt = newSealSalt()
  const sealing = auditors.flatMap(({ keys }) => keys.sealing)
  const sealed = await sealOfficer({ officer, ref, salt, authority, auditors: sealing })
  await recorder.append([{ ...base, origin, kind: 'officer-seal', officer: ref, ...sealed }], [{ id: base.id, salt }])
  log.info({ seal: base.id }, 'put an officer under seal')
}

function nameKeys({ authority, auditors }: Pick<SealPlace, 'authority' | 'auditors'>): string {
  return [authority, ...auditors.toSorted()].join(' ')
}

/** What is known of a request so far, for the entry of its refusal. */
interface KnownRequest {
  readonly approver: string
  auditor: string | null
  key: string | null
  request: string | null
}

/**
 * Takes one request that somebody approves. One that was answered before gets the same entry again, and no second one. Rejects with a
 * {@link RevealRefusedError} if the rules refuse it, and with any other error if that cannot be told now.
 */
async function takeRequest(world: RevealWorld, approver: Officer, text: string): Promise<RevealActAnswer> {
  const { recorder, origin, refKeys } = world.authorityLog
  const refs = createOfficerRefs(refKeys)
  const known: KnownRequest = { approver: refs.refOf(approver), auditor: null, key: null, request: null }
  try {
    return await approve({ ...world, refs, approver, known }, text)
  } catch (error) {
    const refusal = error instanceof DocumentError ? new RevealRefusedError('REQUEST_INVALID', error.message) : error
    if (refusal instanceof RevealRefusedError) {
      const entry = { ...recorder.newBase(), origin, kind: 'reveal-refusal', reason: refusal.reason, ...known } as const
      await recorder.append([entry])
    }
    throw refusal
  }
}

/** Whoever approves a request, and what is known of it so far. */
interface Approval extends RevealWorld {
  readonly refs: OfficerRefs
  readonly approver: Officer
  readonly known: KnownRequest
}

async function approve(approval: Approval, text: string): Promise<RevealActAnswer> {
  const { authorityLog, db, projector, refs, approver, known } = approval
  const { recorder, origin, followed } = authorityLog
  const pins = approval.pins()
  const mayApprove = pins?.approvers.some(({ agency, role }) => agency === approver.agency && role === approver.role)
  if (pins === null || !mayApprove) throw new RevealRefusedError('NOT_ALLOWED')
  const { request, auditor } = await readRequest(approval, text, pins)
  const { about, iat, reason } = request.claims
  await projector.reach(followed.size())
  const before = await findAnswered(db.query, request.hash)
  if (before !== null)
    return { ...(await giveSalt(approval, before.seal, pins)), reveal: before.index, isRepeated: true }

  const age = approval.now() / 1_000 - iat
  if (age < -CLOCK_TOLERANCE_S || age > MAX_REQUEST_AGE_S) throw new RevealRefusedError('REQUEST_STALE')
  const ref = await findOfficer(approval, about)
  if (ref === undefined) throw new RevealRefusedError('OFFICER_UNKNOWN')
  if (refs.refsOf(approver).includes(ref)) throw new RevealRefusedError('APPROVER_IS_OFFICER')
  const own = new Set(auditor.keys.sealing.map(({ kid }) => kid))
  const seal = (await findSeals(db.query, ref)).find(({ auditors }) => auditors.some((kid) => own.has(kid)))
  if (seal === undefined) throw new RevealRefusedError('NOT_SEALED')
  // The answer is made before the entry, so that the log has no reveal of a seal that nobody can open any more.
  const answer = await giveSalt(approval, seal, pins)
  const entry: EntryOf<'reveal'> = {
    ...recorder.newBase(),
    origin,
    kind: 'reveal',
    officer: ref,
    seal: seal.id,
    about: describeAbout(about),
    auditor: auditor.name,
    key: request.kid,
    request: request.hash,
    reason,
    approver: known.approver,
  }
  const [written] = await recorder.append([entry])
  return { ...answer, reveal: written?.receipt.index ?? 0, isRepeated: false }
}

/** Verifies a request with the pinned keys. */
async function readRequest(
  { settings, findSuspension, known }: Approval,
  text: string,
  { auditors }: RevealPins,
): Promise<{ readonly request: RevealRequest; readonly auditor: PinnedAuditor }> {
  const kid = readRequestKid(text)
  known.key = kid
  if (kid === null) throw new RevealRefusedError('REQUEST_INVALID')
  const auditor = auditors.find(({ keys }) => keys.signing.some((key) => key.kid === kid))
  if (auditor === undefined) throw new RevealRefusedError('KEY_NOT_PINNED')
  const request = await verifyRevealRequest(text, auditor.keys.signing)
  known.auditor = auditor.name
  known.request = request.hash
  const { aud, seal_to: sealTo } = request.claims
  if (!auditor.keys.sealing.some((key) => key.kid === sealTo)) throw new RevealRefusedError('KEY_NOT_PINNED')
  if (aud !== settings.issuer) throw new RevealRefusedError('NOT_OF_THIS_AUTHORITY')
  if (findSuspension({ keys: [kid, sealTo] }) !== null) throw new RevealRefusedError('KEY_SUSPENDED')
  return { request, auditor }
}

/** Seals the salt of a seal to the authority's reveal key. */
async function giveSalt(
  { authorityLog }: Approval,
  { id, index, officer }: SealPlace,
  { authority }: RevealPins,
): Promise<Pick<RevealActAnswer, 'seal' | 'salt'>> {
  const found = await authorityLog.findSalt(id)
  if (found.kind !== 'KEPT') throw new RevealRefusedError('SEAL_ERASED')
  const { share } = await sealShare({ part: 'SALT', ref: officer, share: found.salt }, authority)
  return { seal: index, salt: share }
}

function describeAbout(about: RevealAbout): EntryOf<'reveal'>['about'] {
  if ('ref' in about) return { kind: 'REF', value: about.ref, audience: null }
  if ('token' in about) return { kind: 'TOKEN', value: about.token, audience: null }
  return { kind: 'SUBJECT', value: about.subject, audience: about.audience }
}

/** Finds the ref that a request is about. Resolves to undefined if the log has no such officer, token or subject. */
async function findOfficer({ authorityLog, db, refs }: Approval, about: RevealAbout): Promise<string | undefined> {
  if ('token' in about) return findByToken(about.token, about.at * 1_000, authorityLog.followed)
  const isSought = (ref: string): boolean =>
    'ref' in about ? ref === about.ref : refs.subjectsFor(about.audience, ref).includes(about.subject)
  return (await listOfficers(db.query)).find(isSought)
}

/** Finds a token in the log around the time of its use, because the database forgets tokens that ended. */
async function findByToken(
  token: string,
  usedMs: number,
  { size, read }: AuthorityLog['followed'],
): Promise<string | undefined> {
  const timesFrom = async (index: number, count: number): Promise<readonly number[]> => {
    const times: number[] = []
    for await (const { entry } of read(index)) {
      if (entry !== null) times.push(Date.parse(entry.time))
      if (times.length === count) break
    }
    return times
  }
  const first = await findFirstByTime(size(), usedMs - BEFORE_USE_MS, timesFrom)
  for await (const { entry } of read(first)) {
    const isToken = entry?.kind === 'access-token' || entry?.kind === 'country-token'
    if (isToken && entry.tokenId === token) return entry.officer
    if (entry !== null && Date.parse(entry.time) > usedMs + AFTER_USE_MS) return undefined
  }
  return undefined
}

/** How old a request may be, in seconds. */
const MAX_REQUEST_AGE_S = 30 * 86_400

const ASK_AGAIN = 'Ask the auditor for the whole file again, or to make it again'

/** What was expected, what came, and what helps, for each refusal. */
const SENTENCES: Readonly<Record<RevealRefusal, string>> = {
  REQUEST_INVALID: `expected a request as \`istmo audit reveal request\` makes it; came another. ${ASK_AGAIN}`,
  KEY_NOT_PINNED:
    'expected a request that a key of reveal.auditors signed, and that asks to seal the answer to a key of the same auditor; it names another key. ' +
    'Compare the thumbprints with the auditor by telephone, and add the file to the settings',
  KEY_SUSPENDED: 'expected keys that are not suspended; one of this auditor is. The auditor needs new keys',
  NOT_OF_THIS_AUTHORITY:
    'expected a request to this authority; it names another. Ask the auditor to make it with your issuer',
  NOT_ALLOWED:
    'expected a person whose agency and role may approve; the token names another. See `reveal.approvers` in the authority’s settings',
  APPROVER_IS_OFFICER:
    'expected an approver whom the request is not about; it is about the same person. Somebody else must approve it',
  REQUEST_STALE: `expected a request of the last ${MAX_REQUEST_AGE_S / 86_400} days; it is older, or from the future. Set the clock, and make it again`,
  OFFICER_UNKNOWN:
    'expected a ref, token or subject that stands in this authority’s log; this one does not. Compare it with the entry, and for a token also the time',
  NOT_SEALED:
    'expected an officer who was put under seal for a key of this auditor; under this ref there is no such seal. The tokens are from before ' +
    '`reveal` was set, or from before this auditor was added. Another auditor may have a share',
  SEAL_ERASED: 'expected the salt of the seal; it was erased. Nobody can reveal this officer any more',
}

/** A request to reveal was refused. */
class RevealRefusedError extends RefusedError<RevealRefusal> {
  override readonly name = 'RevealRefusedError'

  /** @param fault what is wrong with a request that cannot be read, without a remedy. */
  constructor(reason: RevealRefusal, fault?: string) {
    super(reason, fault === undefined ? SENTENCES[reason] : `${fault}. ${ASK_AGAIN}`)
  }
}
