import type { Policy } from './policy.ts'

/**
 * The arithmetic of quorums (docs/design/audit-log.md, Witnesses). An operator who has captured some witnesses can have them cosign two
 * trees that contradict each other. An honest witness cosigns only one of them. So history cannot be rewritten in quorum as long as
 * any two quorums share at least one honest witness, that is, more witnesses than are captured.
 */

/** How many captured witnesses a trust policy must survive. */
export const CAPTURED_WITNESSES = 1

/**
 * Returns the least number of witnesses that any two quorums of a trust policy share. A trust policy without witnesses has none.
 *
 * No witness counts in two groups, so each member of a group is a tree of its own. Two quorums of a group `k` of `n` share at least
 * `2k − n` members; they can avoid sharing in all others. Of those that they must share, an attacker chooses the weakest.
 */
export function countSharedWitnesses({ quorum, groups }: Policy): number {
  const shared = (name: string): number => {
    const group = groups.get(name)
    if (group === undefined) return 1
    return sharedAt(group.threshold, group.members.map(shared))
  }
  return quorum === 'none' ? 0 : shared(quorum)
}

/**
 * Returns how many witnesses two quorums of one group share at least.
 * @param ofMembers the same number for each member of the group
 */
function sharedAt(threshold: number, ofMembers: readonly number[]): number {
  const common = Math.max(0, 2 * threshold - ofMembers.length)
  return ofMembers
    .toSorted((one, other) => one - other)
    .slice(0, common)
    .reduce((sum, each) => sum + each, 0)
}

/**
 * Explains why captured witnesses can break a trust policy. The text names the group, its threshold and the smallest safe threshold.
 * @param captured how many witnesses may be captured
 * @returns undefined if the trust policy survives them, or demands no witnesses at all
 */
export function describeUnsafeQuorum(policy: Policy, captured = CAPTURED_WITNESSES): string | undefined {
  if (policy.quorum === 'none') return undefined
  const shared = countSharedWitnesses(policy)
  if (shared > captured) return undefined
  const group = policy.groups.get(policy.quorum)
  const many = captured === 1 ? 'one captured witness' : `${captured} captured witnesses`
  const danger = `with ${many}, the operator of a log could rewrite its history unseen: two quorums may share only ${shared}`
  if (group === undefined) {
    return `the quorum is the one witness ${policy.quorum}; ${danger}. Expected a group of at least ${captured + 2} witnesses`
  }
  const { threshold: k, members } = group
  const ofMembers = members.map((name) => countSharedWitnesses({ ...policy, quorum: name }))
  const safe = members.map((_, at) => at + 1).find((threshold) => sharedAt(threshold, ofMembers) > captured)
  const expected =
    safe === undefined
      ? `No threshold of ${policy.quorum} is safe with these members; expected more of them, or higher thresholds in the groups in it`
      : `Expected at least ${safe} of ${members.length}`
  return `the quorum ${policy.quorum} is ${k} of ${members.length}; ${danger}. ${expected}`
}
