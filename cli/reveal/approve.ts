import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Policy } from '../../audit/note/policy.ts'
import {
  parseRevealActAnswer,
  REVEAL_ACTS_FOLDER,
  type RevealActAnswer,
} from '../../contract/trust/reveal/reveal-request.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { EXIT_NOT_IN_EFFECT } from '../../service/usage-error.ts'
import { ONE_POLICY_OPTION, openReader, readPolicy } from '../audit/inputs.ts'
import { handInRequest } from '../hand-in.ts'
import type { MandatesIo } from '../mandates/io.ts'
import { AUTHORITY_OPTIONS } from '../mandates/options.ts'
import type { RevealApproval } from './logged-reveal.ts'

/** How often the command looks whether witnesses have cosigned the entry, in milliseconds. */
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
  notes: {
    'Exit codes': {
      0: 'approved, and the file is written',
      1: 'the authority refused, or did not answer',
      2: 'an argument is wrong, and nothing changed',
      3: 'approved, and the entry is written, but witnesses have not cosigned it yet: there is no file. Run it again',
    },
  },
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
      const proved = await proveWhenWitnessed(authority, policy, answer, io.witnessPatienceMs)
      if (proved === null) {
        io.err.write(
          `istmo reveal approve: expected the witnesses of the trust policy to cosign entry ${reveal} within ` +
            `${io.witnessPatienceMs / 1_000} s; they did not. The entry is written: run the same command again when they answer\n`,
        )
        return EXIT_NOT_IN_EFFECT
      }
      const approval: RevealApproval = {
        ...{ v: 1, kind: 'istmo-reveal-approval', request, salt: answer.salt },
        ...proved,
      }
      await writeFile(path, `${JSON.stringify(approval)}\n`, { mode: 0o600 })
      io.out.write(`${isRepeated ? 'approved before' : 'approved'}: entry ${reveal}\n`)
    },
    io,
  )
}

/** Proves both entries as soon as a quorum of witnesses has cosigned them. Resolves to null if it has not in time. */
async function proveWhenWitnessed(
  authority: string,
  policy: Policy,
  { seal, reveal }: RevealActAnswer,
  patienceMs: number,
): Promise<Pick<RevealApproval, 'seal' | 'reveal' | 'rotations'> | null> {
  const until = performance.now() + patienceMs
  do {
    const reader = await openReader(authority, [policy])
    if (reader.head.checkpoint.size > reveal) {
      const proofs = await Promise.all([reader.prove(seal), reader.prove(reveal)])
      if (proofs.every(({ head }) => head.isInQuorum)) {
        const [ofSeal, ofReveal] = proofs
        return { seal: ofSeal.proof, reveal: ofReveal.proof, rotations: reader.rotations.map(({ proof }) => proof) }
      }
    }
    await sleep(LOOK_EVERY_MS)
  } while (performance.now() < until)
  return null
}
