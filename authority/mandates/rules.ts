import type { MandateRefusal } from '../../contract/audit-log/authority-entries.ts'
import {
  type MandateDocument,
  type MandateDraft,
  mandateTime,
  type SignedMandate,
} from '../../contract/trust/mandate-document.ts'
import type { SignedRevocation } from '../../contract/trust/mandate-revocation.ts'
import type { MandateBook } from './mandate-book.ts'

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
