import { hash, randomBytes } from 'node:crypto'
import type { FoundSalt } from '../../audit/salts/slot.ts'

/**
 * The salted hashes by which mandates name persons. The log has each hash, and the erasable store has its salt under the id of the same entry.
 * Neither has the name: whoever knows the name and has the salt finds the hash. When the salt is erased, nobody does any more.
 */

/** The length of a person's salt, in bytes. */
const SALT_BYTES = 16

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

  const saltOf = async (id: string): Promise<Uint8Array | null> => {
    const kept = salts.get(id)
    if (kept !== undefined) return kept
    const found = await findSalt(id)
    const salt = found.kind === 'KEPT' ? found.salt.subarray(0, SALT_BYTES) : null
    salts.set(id, salt)
    return salt
  }

  return {
    take: (id, personHash) => void ids.set(personHash, id),
    isKnown: (personHash) => ids.has(personHash),
    async find(person) {
      for (const [personHash, id] of ids) {
        const salt = await saltOf(id)
        if (salt === null || hashPerson(salt, person) !== personHash) continue
        // Somebody may have erased the salt since it was read.
        salts.delete(id)
        if ((await saltOf(id)) !== null) return personHash
      }
      return null
    },
    make(person) {
      const salt = randomBytes(SALT_BYTES)
      return { hash: hashPerson(salt, person), salt }
    },
  }
}
