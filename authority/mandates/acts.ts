import { hash, randomBytes } from 'node:crypto'
import type { NoteVerifier } from '../../audit/note/key.ts'
import type { FoundSalt } from '../../audit/salts/slot.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import type { MandateRefusal } from '../../contract/audit-log/authority-entries.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import type { MandateAct, MandateActAnswer } from '../../contract/trust/mandate-act.ts'
import {
  type MandateDocument,
  type MandateDraft,
  mandateTime,
  type SignedMandate,
  verifyMandate,
  verifyMandateDraft,
} from '../../contract/trust/mandate-document.ts'
import { type SignedRevocation, verifyRevocation } from '../../contract/trust/mandate-revocation.ts'
import { DocumentError, type PersonalJws } from '../../contract/trust/personal-jws.ts'
import type { Recorder } from '../../service/audit-log/recorder.ts'
import { RefusedError } from '../request-inbox.ts'
import { type BookEntry, bookEntry, type MandateBook } from './mandate-book.ts'

/** What the mandates of an authority work with. */
export interface MandatesOptions {
  readonly settings: MandateSettings
  /** The authority's audit log. It must keep salts. */
  readonly recorder: Pick<Recorder, 'append' | 'keep' | 'newBase'>
  /** The name of the log. */
  readonly origin: string
  /** Reads the entries from an index on, as far as they are durable. An entry of an unknown kind is null. */
  readonly read: (from: number) => AsyncIterable<{ readonly index: number; readonly entry: Entry | null }>
  /** Reads a text of the content store by its SHA-256 in hexadecimal digits. */
  readonly readKept: (name: string) => Promise<string | undefined>
  readonly findSalt: (id: string) => Promise<FoundSalt>
  /** The files of the log, its key, and the witnesses of each country, for proofs. */
  readonly proofs: {
    readonly source: LogSource
    readonly log: NoteVerifier
    readonly witnessesOf: (country: string) => readonly NoteVerifier[]
  }
  /** Whether a person's key is suspended, by its thumbprint. It is asked on each use. */
  readonly isKeySuspended: (kid: string) => boolean
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  /** Called with the mandate hash if the content store lacks a document, or has another. The mandate is left out. */
  readonly onDamaged: (hash: string) => void
}

/** What persons do with mandates. The document is durable before its entry, and the entry before the book has it. */

/** What the acts work on. */
interface Parts {
  readonly options: MandatesOptions
  readonly book: MandateBook
  readonly persons: PersonHashes
  readonly person: KnownPerson
}

/** A signed document of an act that the rules allow, and who signed. */
interface AllowedAct {
  readonly kind: BookEntry['kind']
  readonly mandate: string
  readonly key: string
  readonly jws: PersonalJws
  readonly document?: MandateDocument
}

/** Creates the function that does acts, one after another. */
export function createActs(options: MandatesOptions, book: MandateBook, persons: PersonHashes) {
  let turn: Promise<unknown> = Promise.resolve()
  return (acting: ActingPerson, act: MandateAct): Promise<MandateActAnswer> => {
    const done = turn.then(async () => {
      const person = { ...acting, hash: await persons.find(acting) }
      const parts = { options, book, persons, person }
      return act.act === 'name' ? namePersons(parts, act.subjects) : takeDocument(parts, act)
    })
    turn = done.catch(() => undefined)
    return done
  }
}

type DocumentAct = Exclude<MandateAct, { readonly act: 'name' }>

async function takeDocument(parts: Parts, { act, document }: DocumentAct): Promise<MandateActAnswer> {
  const name = ({ draft: 'DRAFT', approve: 'APPROVE', revoke: 'REVOKE' } as const)[act]
  try {
    const allowed = await ({ draft: readDraft, approve: readApproval, revoke: readRevocation } as const)[act](
      parts,
      document,
      (reason, mandate) => refuse(parts, name, reason, mandate),
    )
    if (allowed.isDone !== true) await write(parts, allowed)
    return { mandate: allowed.mandate, state: parts.book.mandates.get(allowed.mandate)?.state }
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    return refuse(parts, name, 'DOCUMENT_INVALID', null, error.message)
  }
}

type Refuse = (reason: MandateRefusal, mandate: string) => Promise<never>
type Read = AllowedAct & { readonly isDone?: boolean }

async function readDraft(parts: Parts, text: string, refuseIt: Refuse): Promise<Read> {
  const draft = await verifyMandateDraft(text)
  const { document, hash, drafterKid, jws } = draft
  const read = { kind: 'mandate-draft', mandate: hash, key: drafterKid, jws, document } as const
  const booked = parts.book.mandates.get(hash)
  // The authority may have been stopped between the entry and the answer, and the person asks again.
  if (booked?.state === 'DRAFTED' && document.drafter === parts.person.hash && booked.drafterKid === drafterKid) {
    return { ...read, isDone: true }
  }
  const named = [document.approver, ...document.officers.flatMap((each) => ('hash' in each ? [each.hash] : []))]
  const broken = refuseDraft(draft, contextOf(parts), named.every(parts.persons.isKnown))
  return broken === null ? read : refuseIt(broken, hash)
}

async function readApproval(parts: Parts, text: string, refuseIt: Refuse): Promise<Read> {
  const signed = await verifyMandate(text, parts.options.settings.approverKeys)
  const { document, hash, approverKid, jws } = signed
  const read = { kind: 'mandate', mandate: hash, key: approverKid, jws, document } as const
  const booked = parts.book.mandates.get(hash)
  if (booked?.state === 'APPROVED' && document.approver === parts.person.hash && booked.approverKid === approverKid) {
    return { ...read, isDone: true }
  }
  const broken = refuseApproval(signed, contextOf(parts))
  return broken === null ? read : refuseIt(broken, hash)
}

async function readRevocation(parts: Parts, text: string, refuseIt: Refuse): Promise<Read> {
  const signed = await verifyRevocation(text)
  const { mandate } = signed.revocation
  const broken = refuseRevocation(signed, contextOf(parts))
  if (broken !== null) return refuseIt(broken, mandate)
  const isDone = parts.book.mandates.get(mandate)?.state === 'REVOKED'
  return { kind: 'mandate-revocation', mandate, key: signed.kid, jws: signed.jws, isDone }
}

function contextOf({ options, book, person }: Parts): RuleContext {
  const { settings, isKeySuspended, now } = options
  return { settings, book, person, isKeySuspended, nowMs: now() }
}

async function write({ options, book, person }: Parts, { kind, mandate, key, jws, document }: AllowedAct) {
  const { recorder, origin } = options
  const kept = await recorder.keep(JSON.stringify(jws))
  const entry: BookEntry = {
    ...recorder.newBase(),
    origin,
    kind,
    mandate,
    document: kept,
    person: person.hash ?? '',
    key,
  }
  if (kind === 'mandate-revocation') book.ending.add(mandate)
  try {
    const [written] = await recorder.append([entry])
    bookEntry(book, entry, written?.receipt.index ?? 0, document === undefined ? undefined : { document, jws })
  } finally {
    book.ending.delete(mandate)
  }
}

/** Writes down that an act was refused, and throws. */
async function refuse(
  { options: { recorder, origin }, person }: Parts,
  act: EntryOf<'mandate-refusal'>['act'],
  reason: MandateRefusal,
  mandate: string | null,
  detail?: string,
): Promise<never> {
  const refusal = { origin, kind: 'mandate-refusal', act, reason, person: person.hash, mandate } as const
  await recorder.append([{ ...recorder.newBase(), ...refusal }])
  throw new MandateRefusedError(reason, detail)
}

/** Returns the salted hashes of the person who asks and of others. Makes those that do not exist. */
async function namePersons(parts: Parts, subjects: readonly string[]): Promise<MandateActAnswer> {
  const { options, persons, person } = parts
  const { settings, recorder, origin } = options
  if (!holds(person, [...settings.drafters, ...settings.approvers])) return refuse(parts, 'NAME', 'NOT_ALLOWED', null)
  const all: readonly NamedPerson[] = [person, ...subjects.map((subject) => ({ issuer: person.issuer, subject }))]
  const hashes: string[] = []
  for (const each of all) {
    const known = await persons.find(each)
    if (known !== null) {
      hashes.push(known)
      continue
    }
    const { hash, salt } = persons.make(each)
    const entry = { ...recorder.newBase(), origin, kind: 'person-hash', person: hash } as const
    await recorder.append([entry], [{ id: entry.id, salt }])
    persons.take(entry.id, hash)
    hashes.push(hash)
  }
  return { persons: hashes }
}

/** Who may do what with mandates (docs/design/trust.md, The mandate). Each rule is one line of one of the lists below. */

/** The agency and role in a person's token that allow something. */
export interface Post {
  readonly agency: string
  readonly role: string
}

/** What an authority's settings say of mandates. */
export interface MandateSettings {
  /** The authority's address and country, which each mandate must name. */
  readonly issuer: string
  readonly country: string
  /** Who may draft, and who may approve. Both may revoke. */
  readonly drafters: readonly Post[]
  readonly approvers: readonly Post[]
  /** The thumbprints of the approvers' keys: those that partners pin. */
  readonly approverKeys: ReadonlySet<string>
}

/** The person who acts, as the login provider's token says. */
export interface ActingPerson {
  readonly issuer: string
  readonly subject: string
  readonly agency: string | null
  readonly role: string | null
}

/** A person who acts, with the person's salted hash; null if the person has none. */
export interface KnownPerson extends ActingPerson {
  readonly hash: string | null
}

/** How old a document may be when it is handed in, in seconds. */
const MAX_AGE_S = 7 * 86_400

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** How many drafts of one person may wait for approval. */
export const MAX_OPEN_DRAFTS = 50

/** What the rules look at besides the document. */
export interface RuleContext {
  readonly settings: MandateSettings
  readonly book: MandateBook
  readonly person: KnownPerson
  readonly isKeySuspended: (kid: string) => boolean
  readonly nowMs: number
}

/** A rule of an act: the refusal, and whether it is broken. */
type Rule = readonly [refusal: MandateRefusal, isBroken: boolean]

/** Returns the first rule that a draft breaks; null if it may be taken. `areKnown`: whether each hash in it is of a person here. */
export function refuseDraft(
  { document, hash, drafterKid }: MandateDraft,
  { settings, book, person, isKeySuspended, nowMs }: RuleContext,
  areKnown: boolean,
): MandateRefusal | null {
  const open = [...book.mandates.values()].filter(
    (each) => each.state === 'DRAFTED' && each.document.drafter === person.hash,
  )
  return firstBroken([
    ['NOT_ALLOWED', !holds(person, settings.drafters)],
    ['NOT_OF_THIS_AUTHORITY', !isOfAuthority(document, settings)],
    ['NOT_THE_PERSON_NAMED', person.hash === null || document.drafter !== person.hash],
    ['KEY_OF_OTHER', isKeyOfOther(book, drafterKid, person)],
    ['KEY_SUSPENDED', isKeySuspended(drafterKid)],
    ['PERSON_UNKNOWN', !areKnown],
    ['ISSUED_AT_OTHER_TIME', !isFresh(document.issued, nowMs)],
    ['OVER', mandateTime(document, nowMs) === 'OVER'],
    ['ID_TAKEN', book.ids.has(document.id) || book.mandates.has(hash)],
    ['TOO_MANY_DRAFTS', open.length >= MAX_OPEN_DRAFTS],
  ])
}

/** Returns the first rule that an approval breaks; null if the mandate may be approved. */
export function refuseApproval(
  { document, hash, drafterKid, approverKid }: SignedMandate,
  { settings, book, person, isKeySuspended, nowMs }: RuleContext,
): MandateRefusal | null {
  const booked = book.mandates.get(hash)
  return firstBroken([
    ['NOT_ALLOWED', !holds(person, settings.approvers)],
    ['MANDATE_UNKNOWN', booked === undefined],
    ['REVOKED', booked?.state === 'REVOKED'],
    ['NOT_DRAFTED', booked?.state !== 'DRAFTED' || booked.drafterKid !== drafterKid],
    ['SAME_PERSON', document.drafter === person.hash || drafterKid === approverKid],
    ['NOT_THE_PERSON_NAMED', person.hash === null || document.approver !== person.hash],
    ['NAMED_IN_MANDATE', isNamed(document, person)],
    ['KEY_OF_OTHER', isKeyOfOther(book, approverKid, person)],
    ['KEY_SUSPENDED', isKeySuspended(approverKid) || isKeySuspended(drafterKid)],
    ['OVER', mandateTime(document, nowMs) !== 'IN_FORCE'],
  ])
}

/** Returns the first rule that a revocation breaks; null if the mandate, or the draft, may be revoked by this one person. */
export function refuseRevocation(
  { revocation, kid }: SignedRevocation,
  { settings, book, person, isKeySuspended, nowMs }: RuleContext,
): MandateRefusal | null {
  return firstBroken([
    ['NOT_ALLOWED', !holds(person, [...settings.drafters, ...settings.approvers])],
    ['PERSON_UNKNOWN', person.hash === null],
    ['MANDATE_UNKNOWN', !book.mandates.has(revocation.mandate)],
    ['KEY_OF_OTHER', isKeyOfOther(book, kid, person)],
    ['KEY_SUSPENDED', isKeySuspended(kid)],
    ['ISSUED_AT_OTHER_TIME', !isFresh(revocation.issued, nowMs)],
  ])
}

/** Whether a mandate names a person: by the person's hash, or by an agency and role that the person holds. */
export function isNamed({ officers }: Pick<MandateDocument, 'officers'>, person: KnownPerson): boolean {
  return officers.some((officer) => ('hash' in officer ? officer.hash === person.hash : holds(person, [officer])))
}

function firstBroken(rules: readonly Rule[]): MandateRefusal | null {
  return rules.find(([, isBroken]) => isBroken)?.[0] ?? null
}

/** Whether a person holds one of the posts. */
export function holds({ agency, role }: Pick<ActingPerson, 'agency' | 'role'>, posts: readonly Post[]): boolean {
  return posts.some((post) => post.agency === agency && post.role === role)
}

function isOfAuthority({ issuer, country }: MandateDocument, settings: MandateSettings): boolean {
  return issuer === settings.issuer && country === settings.country
}

function isKeyOfOther({ keys }: MandateBook, kid: string, { hash }: KnownPerson): boolean {
  return keys.has(kid) && keys.get(kid) !== hash
}

function isFresh(issued: number, nowMs: number): boolean {
  const ageS = nowMs / 1_000 - issued
  return ageS >= -CLOCK_TOLERANCE_S && ageS <= MAX_AGE_S
}

/** What was expected, what came, and what helps, for each refusal of an act on mandates. */
const SENTENCES: Readonly<Record<MandateRefusal, string>> = {
  DOCUMENT_INVALID: 'expected a document as `istmo mandates` makes it; came another. Make it again',
  NOT_OF_THIS_AUTHORITY:
    'expected a mandate that names this authority and its country; it names another. Draft it with this authority’s --issuer and --country',
  NOT_ALLOWED:
    'expected a person whose agency and role may do this; the token names another. See `mandates` in the authority’s settings',
  NOT_THE_PERSON_NAMED:
    'expected the person whom the document names for this act; the token is another person’s. Draft it again with the right persons, or sign as the right one',
  NAMED_IN_MANDATE:
    'expected an approver whom the mandate does not name; it names the approver, or an agency and role that the approver holds. Somebody else must approve it',
  SAME_PERSON: 'expected another person as approver than as drafter; both are the same. Somebody else must approve it',
  KEY_OF_OTHER:
    'expected a key that only this person has used; another person has. Make a key with `istmo mandates key`, and let partners pin it',
  KEY_SUSPENDED:
    'expected a key that is not suspended; this one is. Make a key with `istmo mandates key`, and let partners pin it',
  PERSON_UNKNOWN:
    'expected persons who have a salted hash of this authority; at least one has none. `istmo mandates draft` asks for them',
  ID_TAKEN: 'expected an id that no other mandate has; it is taken. Draft the mandate again',
  MANDATE_UNKNOWN:
    'expected a mandate of this authority; it knows none with this hash. `istmo mandates list` shows them',
  NOT_DRAFTED:
    'expected the draft that this authority took; it has none with this drafter’s signature. Hand in the draft first',
  REVOKED: 'expected a mandate that was not revoked; it was, and that is for ever. Draft a new one',
  OVER: 'expected a mandate whose last day is not over and which has begun; came another. Draft a new one',
  ISSUED_AT_OTHER_TIME:
    'expected a document of the last seven days; it is older, or from the future. Set the clock, and make it again',
  TOO_MANY_DRAFTS: `expected at most ${MAX_OPEN_DRAFTS} drafts of one person that wait; came one more. Have some approved, or revoke them`,
}

/** An act on mandates was refused. */
export class MandateRefusedError extends RefusedError<MandateRefusal> {
  override readonly name = 'MandateRefusedError'

  /** @param detail what is wrong with a document that cannot be read. */
  constructor(reason: MandateRefusal, detail: string = SENTENCES[reason]) {
    super(reason, detail)
  }
}

/**
 * The salted hashes by which mandates name persons. The log has each hash, and the erasable store has its salt under the id of the same entry.
 * Neither has the name: whoever knows the name and has the salt finds the hash. When the salt is erased, nobody does any more.
 */

/** The length of a person's salt, in bytes. */
const SALT_BYTES = 16

/** How many persons are remembered, so that not every login tries every salt. */
const MAX_REMEMBERED = 10_000

/** Computes a person's salted hash (docs/design/trust.md, The mandate): base64url, 43 characters. */
export function hashPerson(salt: Uint8Array, { issuer, subject }: NamedPerson): string {
  return hash('sha256', Buffer.concat([salt, Buffer.from(`\0${issuer}\0${subject}`)]), 'base64url')
}

/** A person at a login provider. */
export interface NamedPerson {
  readonly issuer: string
  readonly subject: string
}

/** The person hashes of an authority. */
export interface PersonHashes {
  /** Takes an entry of the kind `person-hash` from the log. */
  readonly take: (id: string, personHash: string) => void
  /** Whether a hash is of a person whom this authority named. */
  readonly isKnown: (personHash: string) => boolean
  /** Finds the hash of a person. Resolves to null if the person has none, or its salt was erased. */
  readonly find: (person: NamedPerson) => Promise<string | null>
  /** Makes a hash for a person who has none, with the salt to store under the id of its entry. */
  readonly make: (person: NamedPerson) => { readonly hash: string; readonly salt: Uint8Array }
}

/**
 * Creates the person hashes of an authority.
 * @param findSalt looks up the salt of an entry in the erasable store
 */
export function createPersonHashes(findSalt: (id: string) => Promise<FoundSalt>): PersonHashes {
  /** The id of the entry of each hash. */
  const ids = new Map<string, string>()
  /** The salts that were read, by the id of their entry; null for an erased one. */
  const salts = new Map<string, Uint8Array | null>()

  /** The hashes that were found, by issuer and subject; null for a person who has none. */
  const found = new Map<string, string | null>()
  /** How many hashes were taken. What was searched before the newest one is not remembered. */
  let taken = 0

  const saltOf = async (id: string): Promise<Uint8Array | null> => {
    const kept = salts.get(id)
    if (kept !== undefined) return kept
    const looked = await findSalt(id)
    const salt = looked.kind === 'KEPT' ? looked.salt.subarray(0, SALT_BYTES) : null
    salts.set(id, salt)
    return salt
  }

  const isKept = async (personHash: string): Promise<boolean> => {
    const id = ids.get(personHash) ?? ''
    // Somebody may have erased the salt since it was read.
    salts.delete(id)
    return (await saltOf(id)) !== null
  }

  const search = async (person: NamedPerson): Promise<string | null> => {
    for (const [personHash, id] of ids) {
      const salt = await saltOf(id)
      if (salt !== null && hashPerson(salt, person) === personHash && (await isKept(personHash))) return personHash
    }
    return null
  }

  return {
    take(id, personHash) {
      ids.set(personHash, id)
      found.clear()
      taken += 1
    },
    isKnown: (personHash) => ids.has(personHash),
    async find(person) {
      const name = `${person.issuer}\0${person.subject}`
      const before = found.get(name)
      if (before === null) return null
      if (before !== undefined && (await isKept(before))) return before
      const since = taken
      const personHash = await search(person)
      if (found.size >= MAX_REMEMBERED) found.clear()
      if (since === taken) found.set(name, personHash)
      return personHash
    },
    make(person) {
      const salt = randomBytes(SALT_BYTES)
      return { hash: hashPerson(salt, person), salt }
    },
  }
}
