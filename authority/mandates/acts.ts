import type { MandateRefusal } from '../../contract/audit-log/authority-entries.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import type { MandateAct, MandateActAnswer } from '../../contract/trust/mandate-act.ts'
import { type MandateDocument, verifyMandate, verifyMandateDraft } from '../../contract/trust/mandate-document.ts'
import { verifyRevocation } from '../../contract/trust/mandate-revocation.ts'
import { DocumentError, type PersonalJws } from '../../contract/trust/personal-jws.ts'
import { type BookEntry, bookEntry, type MandateBook } from './mandate-book.ts'
import type { MandatesOptions } from './options.ts'
import type { NamedPerson, PersonHashes } from './person-hashes.ts'
import { MandateRefusedError } from './refused.ts'
import {
  type ActingPerson,
  holds,
  type KnownPerson,
  type RuleContext,
  refuseApproval,
  refuseDraft,
  refuseRevocation,
} from './rules.ts'

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
