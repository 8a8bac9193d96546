import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Policy } from '../../audit/note/policy.ts'
import {
  parseRevealActAnswer,
  REVEAL_ACTS_FOLDER,
  type RevealActAnswer,
} from '../../contract/trust/reveal/reveal-act.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { ONE_POLICY_OPTION, openReader, readPolicy } from '../audit/inputs.ts'
import { handInRequest } from '../hand-in.ts'
import type { MandatesIo } from '../mandates/io.ts'
import { AUTHORITY_OPTIONS } from '../mandates/options.ts'
import type { RevealApproval } from './logged-reveal.ts'

/** How long the command waits until witnesses have cosigned the entry, in milliseconds, and how often it looks. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 250

const APPROVE = {
  name: 'istmo reveal approve',
  description:
    'Approves an auditor’s request at the authority’s machine. The running authority writes the entry `reveal`, and the command writes a file for ' +
    '`istmo reveal share`, which opens with the authority’s reveal key only. The same request again gets the same entry.',
  arguments: {
    request: { meaning: 'the auditor’s request (`istmo audit reveal request`)' },
    approval: { meaning: 'the file that is written' },
  },
  options: { ...AUTHORITY_OPTIONS, ...ONE_POLICY_OPTION },
  examples: [
    {
      command:
        'istmo reveal approve request.jws approval.json --token sofia.jwt --authority audit-log --policy trust-policy',
      meaning: 'Approves request.jws, and writes approval.json.',
    },
  ],
} as const satisfies CommandSpec

/** Runs `istmo reveal approve`. Resolves to the exit code. */
export function runApproveReveal(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    APPROVE,
    args,
    async ({ request: file, approval: path, token, authority, policy: policyFile, development }) => {
      const policy = await readPolicy(policyFile, development)
      const request = (await readFile(file, 'utf8')).trim()
      const answer = parseRevealActAnswer(
        await handInRequest({ authority, token }, REVEAL_ACTS_FOLDER, { request }, io.now),
      )
      const { reveal, isRepeated } = answer
      const proved = await proveWhenWitnessed(authority, policy, answer)
      const approval: RevealApproval = {
        ...{ v: 1, kind: 'istmo-reveal-approval', request, salt: answer.salt },
        ...proved,
      }
      await writeFile(path, `${JSON.stringify(approval)}\n`, { mode: 0o600 })
      io.out.write(`${isRepeated ? 'approved before' : 'approved'}: entry ${reveal.index}\n`)
    },
    io,
  )
}

/** Proves both entries as soon as a quorum of witnesses has cosigned them. */
async function proveWhenWitnessed(
  authority: string,
  policy: Policy,
  { seal, reveal }: RevealActAnswer,
): Promise<Pick<RevealApproval, 'seal' | 'reveal' | 'rotations'>> {
  const until = performance.now() + PATIENCE_MS
  do {
    const reader = await openReader(authority, [policy])
    if (reader.head.checkpoint.size > reveal.index) {
      const proofs = await Promise.all([reader.prove(seal.index), reader.prove(reveal.index)])
      if (proofs.every(({ head }) => head.isInQuorum)) {
        const [ofSeal, ofReveal] = proofs
        return { seal: ofSeal.proof, reveal: ofReveal.proof, rotations: reader.rotations.map(({ proof }) => proof) }
      }
    }
    await sleep(LOOK_EVERY_MS)
  } while (performance.now() < until)
  throw new Error(
    `expected the witnesses of the trust policy to cosign entry ${reveal.index} within ${PATIENCE_MS / 1_000} s; they did not. ` +
      'The entry is written: run the same command again when they answer',
  )
}
