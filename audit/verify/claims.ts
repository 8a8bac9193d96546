import type { Finding } from '../finding.ts'
import { decodeNotes, historyPathsFrom } from '../log/history.ts'
import type { Hash } from '../merkle/hash.ts'
import { isSameHash } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import { checkCheckpoint, type Policy } from '../note/policy.ts'
import type { LogSource } from './source.ts'

/**
 * What has been said of the tree: checkpoints of its history, and those that others hold (out of receipts, from witnesses). All of
 * them are held to one tree, leaf by leaf, so that any two of them are consistent where none is found at fault.
 */
export interface Claims {
  /** Holds what was said of `size` leaves against the root that they have. */
  readonly check: (size: number, root: () => Hash) => void
  /** What was said of more leaves than `size`, if anything: the most that was. */
  readonly beyond: (size: number) => { readonly size: number; readonly where: string } | undefined
  /** The checkpoint of the most leaves that holds and is in quorum. */
  readonly witnessed: () => WitnessedHead | undefined
}

/** Up to where witnesses have seen the log. */
export interface WitnessedHead {
  readonly size: number
  /** The latest time that one of its witnesses said, in seconds since 1970. */
  readonly time: number
}

interface Claim {
  readonly root: Hash
  readonly where: string
  readonly witnessedAt: number | undefined
}

/** A note with where it was found. */
export interface FoundNote {
  readonly note: string
  readonly where: string
}

/** How many history files in a row may be missing: the largest commit, 4 MiB of entries of two bytes, spans some 500. */
const MAX_MISSING = 1_024

/** Reads the history files that a log of `size` leaves has. */
export async function readHistory(
  source: LogSource,
  size: number,
  report: (finding: Finding) => void,
): Promise<readonly FoundNote[]> {
  const found: FoundNote[] = []
  let missing = 0
  // One file more than there should be: a log that was rolled back may have it.
  for (const path of historyPathsFrom(size + 4096)) {
    const bytes = await source.read(path)
    missing = bytes === undefined ? missing + 1 : 0
    // A checkpoint may claim any size: the walk along the leaves says where they end, and need not wait for what is not there.
    if (missing > MAX_MISSING) break
    if (bytes === undefined) continue
    const { notes, length, strayAt } = decodeNotes(bytes)
    found.push(...notes.map((note) => ({ note, where: path })))
    if (strayAt !== undefined) {
      const came = `a broken one at byte ${length}, and whole ones behind it`
      report({ kind: 'MALFORMED', where: path, expected: 'whole records', came })
    }
  }
  return found
}

/** Opens notes under a policy; those that do not hold in themselves are reported at once. */
export function createClaims(notes: readonly FoundNote[], policy: Policy, report: (finding: Finding) => void): Claims {
  const claims = new Map<number, Claim[]>()
  let witnessed: WitnessedHead | undefined
  for (const { note, where } of notes) {
    try {
      const { checkpoint, cosignatures, isInQuorum } = checkCheckpoint(note, policy)
      const time = Math.max(0, ...cosignatures.map((cosignature) => cosignature.time))
      const claim = { root: checkpoint.root, where, witnessedAt: isInQuorum ? time : undefined }
      claims.set(checkpoint.size, [...(claims.get(checkpoint.size) ?? []), claim])
    } catch (error) {
      report({
        kind: 'SIGNATURE',
        where,
        expected: 'checkpoints that the policy’s log signed',
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
      } else if (witnessedAt !== undefined) witnessed = { size, time: witnessedAt }
    }
    claims.delete(size)
  }

  const beyond = (size: number) => {
    const most = Math.max(...[...claims.keys()].filter((claimed) => claimed > size))
    const [first] = claims.get(most) ?? []
    return first && { size: most, where: first.where }
  }

  return { check, beyond, witnessed: () => witnessed }
}
