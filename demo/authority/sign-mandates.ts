/** Has the mandates of the demo's profiles drafted and approved, by two persons with keys of their own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listFromLog } from '../../authority/mandates/replay.ts'
import { handIn, type TokenlessAct } from '../../cli/hand-in.ts'
import { TERMINAL } from '../../cli/mandates/io.ts'
import { openKeyFile } from '../../cli/mandates/key-file.ts'
import { type MandateDocument, signMandate } from '../../contract/trust/mandate-document.ts'
import { signRevocation } from '../../contract/trust/mandate-revocation.ts'
import type { PersonalPrivateKey } from '../../contract/trust/personal-jws.ts'
import type { SignerName } from '../provider/officers.ts'
import type { AuthorityName } from './authorities.ts'
import type { AuthorityHome } from './authority-home.ts'
import { personKey } from './person-keys.ts'
import { isStillGood, makeDocument, profileMandates } from './profile-mandates.ts'

/** What {@link signMandates} works with. */
export interface SigningParts {
  readonly authority: AuthorityName
  readonly place: AuthorityHome
  readonly basePort: number
  /** The countries that may be asked. */
  readonly countries: readonly string[]
  /** Logs a person in at the country's login provider, and returns the token. */
  readonly logIn: (signer: SignerName) => Promise<string>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Drafts and approves the mandates that are missing: those of a new home, those that a new version of the demo words differently, and those that end
 * within a week. Revokes those that they replace, because an officer with two mandates would have to say which one counts. The authority must run.
 * @returns the hashes of the mandates that were signed now.
 */
export async function signMandates(parts: SigningParts): Promise<readonly string[]> {
  const { authority, place, countries, now } = parts
  const approved = (await listFromLog(place.auditLog, now())).filter(({ state }) => state === 'APPROVED')
  const wanted = profileMandates(authority, countries)
  const missing = wanted.filter((mandate) => !approved.some(({ document }) => isStillGood(document, mandate, now())))
  const stale = approved.filter(({ document }) => !wanted.some((mandate) => isStillGood(document, mandate, now())))
  if (missing.length === 0 && stale.length === 0) return []
  const [drafter, approver] = await Promise.all([openPerson(parts, 'drafter'), openPerson(parts, 'approver')])
  try {
    const signers = { drafter: await drafter.name(), approver: await approver.name() }
    const documents = missing.map((mandate) => makeDocument(mandate, authority, signers, now()))
    const signed = await Promise.all(documents.map((document) => draftAndApprove(document, drafter, approver)))
    await Promise.all(stale.map(({ hash }) => revoke(hash, approver, now())))
    return signed
  } finally {
    await Promise.all([drafter.close(), approver.close()])
  }
}

/** A person who is logged in, with their own key. */
interface Person {
  readonly key: PersonalPrivateKey
  readonly act: (act: TokenlessAct) => ReturnType<typeof handIn>
  /** Returns the salted hash by which mandates name the person. */
  readonly name: () => Promise<string>
  /** Forgets the login. */
  readonly close: () => Promise<void>
}

async function openPerson({ place, basePort, logIn, now }: SigningParts, signer: SignerName): Promise<Person> {
  const key = await openKeyFile(personKey(place, signer, basePort), undefined, TERMINAL)
  const folder = await mkdtemp(join(place.persons, 'login-'))
  const token = join(folder, 'token')
  await writeFile(token, await logIn(signer), { mode: 0o600 })
  const act = (todo: TokenlessAct) => handIn({ authority: place.auditLog, token }, todo, now)
  return {
    key,
    act,
    name: async () => {
      const { persons: [own] = [] } = await act({ act: 'name', subjects: [] })
      if (own === undefined) throw new Error(`expected the salted hash of the ${signer}; came nothing`)
      return own
    },
    close: () => rm(folder, { recursive: true }),
  }
}

async function draftAndApprove(document: MandateDocument, drafter: Person, approver: Person): Promise<string> {
  const draft = await signMandate(document, drafter.key, 'drafter')
  await drafter.act({ act: 'draft', document: JSON.stringify(draft) })
  const signed = await signMandate(draft, approver.key, 'approver')
  const { mandate } = await approver.act({ act: 'approve', document: JSON.stringify(signed) })
  if (mandate === undefined) throw new Error('expected the hash of the approved mandate; came nothing')
  return mandate
}

async function revoke(mandate: string, approver: Person, nowMs: number): Promise<void> {
  const reason = 'replaced by a mandate of the demo that says what it needs today'
  const revocation = await signRevocation({ v: 1, mandate, issued: Math.floor(nowMs / 1000), reason }, approver.key)
  await approver.act({ act: 'revoke', document: JSON.stringify(revocation) })
}
