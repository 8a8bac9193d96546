import { type Policy, parsePolicy, withRotations } from '../../../audit/note/policy.ts'
import { type KeyRotation, parseRotation } from '../../../audit/note/rotation.ts'
import { findTrustedName } from '../../../audit/note/shard-name.ts'

/**
 * Whom the auditor trusts: trust policies (C2SP tlog-policy) out of the auditor's own files or of the own country, and proofs of rotations of
 * the logs' keys. They never come from oversight, which is what they are there to check.
 */

/** A file as the browser read it. */
export interface TrustFile {
  readonly name: string
  readonly text: string
}

/** What the files say. */
export interface Trust {
  readonly policies: readonly Policy[]
  /** The names of the files that were read. */
  readonly names: readonly string[]
  /** Files that could not be used, each with its reason. */
  readonly unread: readonly { readonly name: string; readonly reason: string }[]
}

/** The trust of somebody who has chosen no file. */
export const NO_TRUST: Trust = { policies: [], names: [], unread: [] }

/** How a proof begins. Any other text is read as a trust policy. */
const PROOF = 'c2sp.org/tlog-proof@v1\n'

/** Reads trust policies and proofs of rotations. A file that is neither is named with the reason, and changes nothing. */
export function readTrust(files: readonly TrustFile[]): Trust {
  const [policies, rotations]: [Policy[], KeyRotation[]] = [[], []]
  const [names, unread]: [string[], { name: string; reason: string }[]] = [[], []]
  for (const { name, text } of files) {
    try {
      if (text.startsWith(PROOF)) rotations.push(parseRotation(text))
      else policies.push(parsePolicy(text))
      names.push(name)
    } catch (error) {
      unread.push({ name, reason: (error as Error).message })
    }
  }
  const followed = policies.map((policy) => followAll(policy, rotations, (reason) => unread.push(reason)))
  return { policies: followed, names, unread }
}

/** Lets a trust policy follow the rotations of its logs. Those that do not lead to its keys change nothing. */
function followAll(
  policy: Policy,
  rotations: readonly KeyRotation[],
  onUnread: (unread: { name: string; reason: string }) => void,
): Policy {
  let followed = policy
  for (const [name, own] of Map.groupBy(rotations, ({ oldKey }) => oldKey.name)) {
    try {
      followed = withRotations(
        followed,
        own.toSorted((one, other) => one.index - other.index),
      )
    } catch (error) {
      onUnread({ name, reason: (error as Error).message })
    }
  }
  return followed
}

/** Returns the trust policies that name the log of an origin. */
export function policiesFor(origin: string, { policies }: Trust): readonly Policy[] {
  return policies.filter((policy) => findTrustedName(origin, policy) !== undefined)
}

/** Lists the names of all logs that the trust policies name. */
export function listTrustedLogs({ policies }: Trust): readonly string[] {
  return [...new Set(policies.flatMap(({ logs }) => logs.map(({ verifier }) => verifier.name)))].sort()
}
