import type { Finding } from '../finding.ts'
import { decodeNotes, historyPathsFrom } from '../log/history.ts'
import type { Hash } from '../merkle/hash.ts'
import { isSameHash } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import { checkCheckpoint, type Policy } from '../note/policy.ts'
import type { LogSource } from './source.ts'

/**
 * Statements about the tree: the checkpoints of its history, and checkpoints that others have (from receipts or witnesses). All of
 * them are checked against one tree while it grows leaf by leaf. If none fails, any two of them are consistent.
 */
export interface Claims {
  /** Checks all claims about `size` leaves against the root of these leaves, and reports the wrong ones. */
  readonly check: (size: number, root: () => Hash) => void
  /** Returns the largest claim about more than `size` leaves, if there is one. */
  readonly beyond: (size: number) => { readonly size: number; readonly where: string } | undefined
  /** Returns the largest checkpoint so far that is right and has a quorum of witnesses. */
  readonly witnessed: () => WitnessedHead | undefined
}

/** The part of the log that a quorum of witnesses has cosigned: its first `size` entries. */
export interface WitnessedHead {
  readonly size: number
  /** When a quorum had cosigned it (audit/note/quorum.ts), in seconds since 1970. */
  readonly time: number
}

interface Claim {
  readonly root: Hash
  readonly where: string
  readonly witnessedAt: number | undefined
}

/** A note, and the place where it was found. */
export interface FoundNote {
  readonly note: string
  readonly where: string
}

/** How many consecutive history files may be missing. The largest commit, 4 MiB of entries of two bytes, spans about 500. */
const MAX_MISSING = 1_024

/** Reads the history files of a log of `size` leaves. Reports damaged files. */
export async function readHistory(
  source: LogSource,
  size: number,
  report: (finding: Finding) => void,
): Promise<readonly FoundNote[]> {
  const found: FoundNote[] = []
  let missing = 0
  // Reads one file more than there should be, because a log that was rolled back may have it.
  for (const path of historyPathsFrom(size + 4096)) {
    const bytes = await source.read(path)
    missing = bytes === undefined ? missing + 1 : 0
    // A checkpoint may claim any size. `verifyLog` walks along the leaves and finds their end; this loop must not try each missing file.
    if (missing > MAX_MISSING) break
    if (bytes === undefined) continue
    const { notes, length, strayAt } = decodeNotes(bytes)
    found.push(...notes.map((note) => ({ note, where: path })))
    if (strayAt !== undefined) {
      const came = `a broken one at byte ${length}, and complete ones behind it`
      report({ kind: 'MALFORMED', where: path, expected: 'complete frames', came })
    }
  }
  return found
}

/** Verifies the signatures of notes under a trust policy, and reports the notes that fail at once. The others become claims. */
export function createClaims(notes: readonly FoundNote[], policy: Policy, report: (finding: Finding) => void): Claims {
  const claims = new Map<number, Claim[]>()
  let witnessed: WitnessedHead | undefined
  for (const { note, where } of notes) {
    try {
      const { checkpoint, isInQuorum, quorumTime = 0 } = checkCheckpoint(note, policy)
      const claim = { root: checkpoint.root, where, witnessedAt: isInQuorum ? quorumTime : undefined }
      claims.set(checkpoint.size, [...(claims.get(checkpoint.size) ?? []), claim])
    } catch (error) {
      report({
        kind: 'SIGNATURE',
        where,
        expected: 'checkpoints that the log of the trust policy signed',
        came: (error as Error).message,
      })
    }
  }

  const check = (size: number, rootOf: () => Hash): void => {
    for (const { root, where, witnessedAt } of claims.get(size) ?? []) {
      const came = rootOf()
      if (!isSameHash(root, came)) {
        report({
          kind: 'ROOT',
          where: `checkpoint of size ${size} in ${where}`,
          expected: formatBase64(root),
          came: `${formatBase64(came)} from the tiles`,
        })
      } else if (witnessedAt !== undefined) {
        witnessed = { size, time: Math.max(witnessedAt, witnessed?.size === size ? witnessed.time : 0) }
      }
    }
    claims.delete(size)
  }

  const beyond = (size: number) => {
    const largest = Math.max(...[...claims.keys()].filter((claimed) => claimed > size))
    const [first] = claims.get(largest) ?? []
    return first && { size: largest, where: first.where }
  }

  return { check, beyond, witnessed: () => witnessed }
}
