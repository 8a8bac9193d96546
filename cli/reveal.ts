import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ONE_POLICY_OPTION, openReader, readPolicy } from '../auditors/inputs.ts'
import {
  makeRevealKeyFile,
  NEW_KEY_OPTIONS,
  nameFile,
  openRevealKeyFiles,
  PASSPHRASE_FILE_OPTION,
} from '../auditors/reveal/key-file.ts'
import {
  checkLogged,
  describeReveal,
  type RevealAnswer,
  type RevealApproval,
  readApproval,
} from '../auditors/reveal/logged-reveal.ts'
import { readPublicKeys } from '../contract/trust/reveal/reveal-keys.ts'
import { parseRevealActAnswer, REVEAL_ACTS_FOLDER, readRequestKid } from '../contract/trust/reveal/reveal-request.ts'
import { openShare, sealShare, xorShares } from '../contract/trust/reveal/sealed-officer.ts'
import { executeCommand, executeGroup } from '../service/command-line.ts'
import { type CommandLine, type CommandSpec, FILE } from '../service/command-spec.ts'
import { describeFileError } from '../service/describe-error.ts'
import { BOTH_LANG_OPTIONS } from '../service/lang-option.ts'
import { EXIT_NOT_IN_EFFECT, UsageError } from '../service/usage-error.ts'
import { handInRequest } from './hand-in.ts'
import { confirm, type MandatesIo, TERMINAL } from './mandates/io.ts'
import { AUTHORITY_OPTIONS, chooseShownLanguage } from './mandates/options.ts'

/** How often `approve` looks whether witnesses have cosigned the entry, in milliseconds. */
const LOOK_EVERY_MS = 250

const KEY = {
  name: 'istmo reveal key',
  description:
    'Makes the authority’s reveal key, and prints its thumbprint. The security officer keeps the file, and not on the authority’s machine; the ' +
    'authority’s settings name the public part, which stands in FILE.jwks.json. If both files exist, it prints the thumbprint again.',
  arguments: { file: { meaning: 'the file of the key' } },
  options: NEW_KEY_OPTIONS,
  examples: [{ command: 'istmo reveal key reveal.key --passphrase', meaning: 'Makes reveal.key under a passphrase.' }],
} as const satisfies CommandSpec

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
      1: 'the authority refused or did not answer, or another file than the request cannot be used',
      2: 'an argument or the file of the request is wrong, and nothing changed',
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

/** Approves a request, and waits until a quorum of witnesses has cosigned both entries. */
async function approve(line: CommandLine<typeof APPROVE>, io: MandatesIo): Promise<number> {
  const { request: file, approval: path, token, authority, policy: policyFile, development } = line
  const request = await readRequest(file)
  const policy = await readPolicy(policyFile, development)
  const handedIn = await handInRequest({ authority, token }, REVEAL_ACTS_FOLDER, { request }, io.now)
  const { seal, reveal, salt, isRepeated } = parseRevealActAnswer(handedIn)
  const until = performance.now() + io.witnessPatienceMs
  do {
    const reader = await openReader(authority, [policy])
    const isThere = reader.head.checkpoint.size > reveal
    const proofs = isThere ? await Promise.all([reader.prove(seal), reader.prove(reveal)]) : []
    const [ofSeal, ofReveal] = proofs
    if (ofSeal?.head.isInQuorum && ofReveal?.head.isInQuorum) {
      const approval: RevealApproval = {
        v: 1,
        kind: 'istmo-reveal-approval',
        request,
        salt,
        seal: ofSeal.proof,
        reveal: ofReveal.proof,
        rotations: reader.rotations.map(({ proof }) => proof),
      }
      await writeFile(path, `${JSON.stringify(approval)}\n`, { mode: 0o600 })
      io.out.write(`${isRepeated ? 'approved before' : 'approved'}: entry ${reveal}\n`)
      return 0
    }
    await sleep(LOOK_EVERY_MS)
  } while (performance.now() < until)
  io.err.write(
    `istmo reveal approve: expected the witnesses of the trust policy to cosign entry ${reveal} within ` +
      `${io.witnessPatienceMs / 1_000} s; they did not. The entry is written: run the same command again when they answer\n`,
  )
  return EXIT_NOT_IN_EFFECT
}

/** Reads an auditor's request. It verifies nothing. */
async function readRequest(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file}: expected the auditor’s request; it cannot be read: ${describeFileError(error)}`)
  })
  if (readRequestKid(text.trim()) !== null) return text.trim()
  throw new UsageError(
    `${file}: expected a request as \`istmo audit reveal request\` makes it; came another text. Ask the auditor for the file again`,
  )
}

const SHARE = {
  name: 'istmo reveal share',
  description:
    'Gives the authority’s share of a sealed officer to an auditor. It checks that the auditor signed the request and that the entry `reveal` is in ' +
    'the log, shows both, asks, and writes a file that opens with the auditor’s key only. It needs no network: run it where you keep the reveal key.',
  arguments: {
    approval: { meaning: 'the file that `istmo reveal approve` wrote' },
    answer: { meaning: 'the file for the auditor that is written' },
  },
  options: {
    key: {
      flag: 'key',
      ...FILE,
      isRequired: true,
      isRepeated: true,
      meaning: 'the authority’s reveal key (`istmo reveal key`); after a rotation, the older ones too',
    },
    ...PASSPHRASE_FILE_OPTION,
    auditor: {
      flag: 'auditor',
      ...FILE,
      isRequired: true,
      isRepeated: true,
      meaning: 'the public part of the auditor’s keys, your own copy',
    },
    yes: { flag: 'yes', value: null, meaning: 'give the share without asking, for scripts' },
    ...BOTH_LANG_OPTIONS,
    ...ONE_POLICY_OPTION,
  },
  notes: {
    'Exit codes': {
      0: 'the answer is written',
      1: 'no share was given: a file cannot be used or proves nothing, the passphrase is wrong, or you did not agree',
      2: 'an argument is wrong, or the file of the answer exists already',
    },
  },
  examples: [
    {
      command:
        'istmo reveal share approval.json answer.json --key reveal.key --auditor auditor.key.jwks.json --policy trust-policy',
      meaning: 'Writes answer.json for the auditor.',
    },
  ],
} as const satisfies CommandSpec

const SHARE_REMEDY =
  'Give the public part of the keys of the auditor who asked, with --auditor, or run `istmo reveal approve` again'

function readAuditor(file: string): ReturnType<typeof readPublicKeys> {
  return nameFile(file, 'It is the file KEYS.jwks.json beside the auditor’s keys', async () =>
    readPublicKeys(await readFile(file, 'utf8')),
  )
}

/** Gives the authority's share to the auditor who signed the request. */
async function share(line: CommandLine<typeof SHARE>, io: MandatesIo): Promise<void> {
  const language = chooseShownLanguage(line, io)
  if (existsSync(line.answer)) {
    throw new UsageError(
      `${line.answer}: expected a file that is not there yet; there is one. Name another file, or move it away`,
    )
  }
  const policy = await readPolicy(line.policy, line.development)
  const approval = await readApproval(line.approval)
  const pinned = await Promise.all(line.auditor.map(readAuditor))
  const signing = pinned.flatMap((keys) => keys.signing)
  const checked = await nameFile(line.approval, SHARE_REMEDY, () => checkLogged(approval, signing, [policy]))
  const { request, seal } = checked
  const receiver = pinned.flatMap(({ sealing }) => sealing).find(({ kid }) => kid === request.claims.seal_to)
  if (receiver === undefined) {
    throw new Error('--auditor: expected the key to which the request wants the answer sealed; these files lack it')
  }
  io.out.write(`${describeReveal(checked)}\n`)
  const keys = await openRevealKeyFiles(line.key, line.passphraseFile, io)
  await confirm(io, language, line.yes)
  const ref = seal.officer
  const { salt, ...logged } = approval
  const given = await nameFile(line.approval, 'Give the reveal key of that time too, with --key', async () => {
    const own = await openShare(seal.authority.share, keys.sealing, { part: 'AUTHORITY', ref })
    return xorShares(own, await openShare(salt, keys.sealing, { part: 'SALT', ref }))
  })
  const sealed = await sealShare({ part: 'GIVEN', ref, share: given }, receiver)
  const answer: RevealAnswer = { ...logged, kind: 'istmo-reveal-answer', share: sealed.share }
  await writeFile(line.answer, `${JSON.stringify(answer)}\n`, { mode: 0o600, flag: 'wx' })
  io.out.write(`wrote ${line.answer}\n`)
}

/**
 * Runs one command of `istmo reveal`: the authority's side of revealing who an officer is. The auditor's side is `istmo audit reveal`.
 * @returns the exit code: 2 if an argument is wrong, 1 for any other failure.
 */
export function runReveal(given: readonly string[], io: MandatesIo = TERMINAL): Promise<number> {
  const key = async (line: CommandLine<typeof KEY>): Promise<void> => {
    io.out.write(`${(await makeRevealKeyFile(line, false, io)).join('\n')}\n`)
  }
  const commands = [
    {
      name: 'key',
      description: 'make the authority’s reveal key',
      run: (args: readonly string[]) => executeCommand(KEY, args, key, io),
    },
    {
      name: 'approve',
      description: 'approve an auditor’s request at the authority’s machine',
      run: (args: readonly string[]) => executeCommand(APPROVE, args, (line) => approve(line, io), io),
    },
    {
      name: 'share',
      description: 'give the authority’s share to the auditor',
      run: (args: readonly string[]) => executeCommand(SHARE, args, (line) => share(line, io), io),
    },
  ]
  const description =
    'Reveals to an auditor which officer stands behind a pseudonym. It takes two keys: the authority’s, and the auditor’s.'
  return executeGroup({ name: 'istmo reveal', description, commands }, given, io)
}
