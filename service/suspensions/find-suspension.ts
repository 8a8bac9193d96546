import { getOrAdd } from '../../contract/get-or-add.ts'
import type { SuspendedKind } from '../../contract/trust/suspended-kinds.ts'
import type { SuspensionStatement } from '../../contract/trust/suspension.ts'
import type { SuspensionState } from '../../contract/trust/suspension-state.ts'

/** What is suspended, as sets in which a leg is looked up. */

/** Something that is suspended, and by which statement. */
export interface Suspension {
  readonly kind: SuspendedKind
  readonly value: string
  /** The signer's name. */
  readonly by: string
  /** When it was signed, in seconds since 1970. */
  readonly since: number
  readonly reason: string
  readonly seq: number
  /** SHA-256 of the statement, base64url. */
  readonly statement: string
}

/** An act that was counted, for the entry of the audit log. */
export interface SuspensionAct extends Suspension {
  readonly action: 'suspend' | 'resume'
}

/** What a leg, a request or an exchange concerns. A member that is absent is not looked up. */
export interface SuspensionSubject {
  readonly country?: string
  readonly domain?: string
  readonly coordinates?: readonly string[]
  readonly agency?: string
  readonly authority?: string
  readonly taskForce?: string
  /** The names of the officer: the ref in the own log, the `sub` of the token. */
  readonly officer?: string | readonly string[]
  /** The names of the token: its `jti`, its hash. */
  readonly token?: string | readonly string[]
  /** Thumbprints of keys, and hashes of certificates. */
  readonly keys?: readonly string[]
  readonly mandate?: string
}

/** Under which member of a subject each kind is looked up. */
const MEMBERS = {
  country: 'country',
  domain: 'domain',
  coordinate: 'coordinates',
  agency: 'agency',
  authority: 'authority',
  task_force: 'taskForce',
  officer: 'officer',
  token: 'token',
  key: 'keys',
  mandate: 'mandate',
} as const satisfies Record<SuspendedKind, keyof SuspensionSubject>

/** What is suspended now. */
export type SuspensionIndex = ReturnType<typeof indexSuspensions>

/** Makes the sets of a state. If several signers suspend the same thing, the one who did it first is shown. */
export function indexSuspensions({ active }: SuspensionState) {
  const byKind = new Map<SuspendedKind, Map<string, Suspension>>()
  const list: Suspension[] = []
  for (const bySigner of active.values()) {
    for (const statement of bySigner.values()) {
      const suspension = describeSuspension(statement)
      const { kind, value, since } = suspension
      list.push(suspension)
      const values = getOrAdd(byKind, kind, () => new Map<string, Suspension>())
      const earlier = values.get(value)
      if (earlier === undefined || since < earlier.since) values.set(value, suspension)
    }
  }
  return {
    /** Whether anything of this kind is suspended. */
    has: (kind: SuspendedKind) => byKind.has(kind),
    list,
    /** Returns the first suspension that concerns the subject, or null. */
    find(subject: SuspensionSubject) {
      for (const [kind, values] of byKind) {
        const given = subject[MEMBERS[kind]]
        if (given === undefined) continue
        for (const value of typeof given === 'string' ? [given] : given) {
          const found = values.get(value)
          if (found !== undefined) return found
        }
      }
      return null
    },
  }
}

/** Describes the suspension that a statement makes. */
export function describeSuspension({ claims, kind, value, hash }: SuspensionStatement): Suspension {
  const { iss: by, iat: since, reason, seq } = claims
  return { kind, value, by, since, reason, seq, statement: hash }
}
