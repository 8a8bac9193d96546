import { type Finding, formatFinding } from '../audit/finding.ts'
import { isSameHash } from '../audit/merkle/hash.ts'
import { formatBase64 } from '../audit/note/base64.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../audit/note/policy.ts'
import type { KeyRotation } from '../audit/note/rotation.ts'
import type { FoundNote } from '../audit/verify/read-log.ts'
import { LIST } from '../service/command-texts.ts'
import { followAll } from './check-export.ts'
import { type Answer, defineAudit } from './command.ts'
import { readKnown, readPolicy, readRotationFiles } from './inputs.ts'
import { ONE_POLICY_OPTION, ROTATION_OPTION } from './options.ts'

/** `istmo audit check-split`: checks, without a log or a network, whether checkpoints prove that a log signed two histories. */
export const checkSplitCommand = defineAudit(
  'check-split',
  {
    arguments: {
      files: LIST,
    },
    options: { ...ONE_POLICY_OPTION, ...ROTATION_OPTION },
  },
  async ({ files, policy: policyFile, development, rotation }) => {
    const trusted = await readPolicy(policyFile, development)
    const chains = listChains(await readRotationFiles(rotation))
    const policies = chains.length === 0 ? [trusted] : chains.map((chain) => followAll(trusted, chain))
    const found = (await Promise.all(files.map(readKnown))).flat()
    const signed = found.flatMap((each) => policies.flatMap((policy) => check(each, policy)).slice(0, 1))
    const findings = findSplits(signed)
    if (findings.length > 0) {
      const text = [...findings.map(formatFinding), 'DOES NOT HOLD: the log signed two histories.'].join('\n')
      return { verdict: 'FAILS', text, json: { findings } }
    }
    return answerWithout(signed, found.length)
  },
)

/**
 * Lists the ways in which keys were replaced, one rotation after another. Two copies of one log may have replaced the same key in two ways: to whoever
 * trusts the key before, both are this log.
 */
function listChains(rotations: readonly KeyRotation[]): readonly (readonly KeyRotation[])[] {
  const newKeys = new Set(rotations.map(({ newKey }) => newKey.vkey))
  const first = rotations.filter(({ oldKey }) => !newKeys.has(oldKey.vkey))
  return first.flatMap((each) => continueChain(each, rotations))
}

function continueChain(last: KeyRotation, all: readonly KeyRotation[]): readonly (readonly KeyRotation[])[] {
  const others = all.filter((each) => each !== last)
  const next = others.filter(({ oldKey }) => oldKey.vkey === last.newKey.vkey)
  if (next.length === 0) return [[last]]
  return next.flatMap((each) => continueChain(each, others)).map((rest) => [last, ...rest])
}

interface Signed extends FoundNote {
  readonly checkpoint: CheckedCheckpoint['checkpoint']
}

/** Leaves out what no log of the trust policy signed: anybody could have written it. */
function check(found: FoundNote, policy: Policy): readonly Signed[] {
  try {
    return [{ ...found, checkpoint: checkCheckpoint(found.note, policy).checkpoint }]
  } catch {
    return []
  }
}

function findSplits(signed: readonly Signed[]): readonly Finding[] {
  return signed.flatMap((one, at) =>
    signed.slice(at + 1).flatMap((other): readonly Finding[] => {
      const [{ origin, size, root }, { checkpoint }] = [one.checkpoint, other]
      if (checkpoint.origin !== origin || checkpoint.size !== size || isSameHash(checkpoint.root, root)) return []
      const where = `checkpoint of size ${size} of ${origin}`
      const expected = `${formatBase64(root)} as in ${one.where}`
      return [{ kind: 'SPLIT_VIEW', where, expected, came: `${formatBase64(checkpoint.root)} in ${other.where}` }]
    }),
  )
}

/** Two checkpoints of different sizes may contradict each other, but only the tiles of the log can show it. */
function answerWithout(signed: readonly Signed[], all: number): Answer {
  const bySize = Map.groupBy(signed, ({ checkpoint: { origin, size } }) => `${size} ${origin}`)
  const isCompared = signed.length === all && [...bySize.values()].every((group) => group.length > 1)
  if (isCompared && all > 0) return { verdict: 'HOLDS', text: 'HOLDS: the checkpoints agree.', json: { findings: [] } }
  const reason =
    signed.length < all
      ? `${all - signed.length} of ${all} checkpoints are not signed by a log of the trust policy`
      : 'the checkpoints are of different sizes; compare them with the log itself: istmo audit verify --known'
  return { verdict: 'UNTOLD', text: '', json: { reason } }
}
