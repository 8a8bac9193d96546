import { writeFile } from 'node:fs/promises'
import { renameVerifier, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { fails, holds, type TamperingCase, untold } from '../case.ts'
import type { Desk } from '../desk.ts'
import { POLICY, signers, stranger, witnesses } from '../logs.ts'

/** Acts on the trust policy of an auditor. It is the auditor's own file, so the logs are as they were. */

/** Replaces a part of the trust policy. */
const replace =
  (part: string, by: string) =>
  ({ policy }: Desk): Promise<void> => {
    if (!POLICY.includes(part)) throw new Error(`expected ${part} in the trust policy`)
    return writeFile(policy, POLICY.replace(part, by))
  }

const GROUP = 'group three-of-four 3 GT HN SV observer'
const withoutWitnesses = replace('quorum three-of-four', 'quorum none')
const { verifier } = signers.gateway
/** The key of the gateway's log as that of a witness. */
const ownWitness = renameVerifier({ ...verifier, type: SIGNATURE_TYPES.cosignature }, witnesses.GT.verifier.name)

/** The cases. */
export const POLICY_CASES: readonly TamperingCase[] = [
  {
    title: 'the quorum of the trust policy was lowered to two of four',
    tamper: replace(GROUP, GROUP.replace('3', '2')),
    verify: untold(),
  },
  {
    title: 'the quorum of the trust policy is of two groups, each of which one witness is enough for',
    tamper: replace(GROUP, 'group one any GT HN\ngroup other any SV observer\ngroup three-of-four all one other'),
    verify: untold(),
  },
  {
    title:
      'the trust policy demands no witnesses any more, and `verify` says that the log agrees with its own signature',
    tamper: withoutWitnesses,
    verify: holds(),
  },
  {
    title: 'the trust policy demands no witnesses any more, and the reader demands a recent quorum',
    tamper: withoutWitnesses,
    kept: () => ['--max-age', 'PT1H'],
    verify: untold(),
    python: 'HOLDS',
  },
  {
    title: 'the trust policy demands no witnesses any more, and the reader asks about a time in the past',
    isHalf: true,
    tamper: withoutWitnesses,
    kept: () => ['--as-of', '2026-11-24T08:02:30Z'],
    verify: untold(),
    python: 'HOLDS',
  },
  {
    title: 'a witness of the trust policy has the key of the log',
    tamper: replace(witnesses.GT.verifier.vkey, ownWitness.vkey),
    verify: untold(),
  },
  {
    title: 'a witness stands in the trust policy twice, under two names',
    tamper: replace(
      GROUP,
      `witness GT2 ${renameVerifier(witnesses.GT.verifier, 'witness.example/gt2').vkey}\n${GROUP} GT2`,
    ),
    verify: untold(),
  },
  {
    title: 'a witness of the trust policy was replaced by a stranger, and the other three are enough',
    tamper: replace(witnesses.GT.verifier.vkey, stranger.verifier.vkey),
    verify: holds(),
  },
  {
    title: 'the trust policy is for another log with the same key',
    tamper: replace(verifier.vkey, renameVerifier(verifier, 'istmo.example/other').vkey),
    verify: fails('NO_QUORUM', 'ORIGIN', 'SIGNATURE'),
    names: /^checkpoint$/,
  },
  {
    title: 'the trust policy has the key of an impostor for the log',
    tamper: replace(verifier.vkey, signers.impostor.verifier.vkey),
    verify: fails('NO_QUORUM', 'SIGNATURE'),
    names: /^checkpoint$/,
  },
]
