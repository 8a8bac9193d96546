import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { openReader, readPolicy } from '../auditors/inputs.ts'
import { ONE_POLICY_OPTION } from '../auditors/options.ts'
import {
  checkLogged,
  describeReveal,
  makeRevealKeyFile,
  NEW_KEY_OPTIONS,
  nameFile,
  openRevealKeyFiles,
  PASSPHRASE_FILE_OPTION,
  type RevealAnswer,
  type RevealApproval,
  readApproval,
} from '../auditors/reveal/reveal-files.ts'
import { readPublicKeys } from '../contract/trust/reveal/reveal-keys.ts'
import { parseRevealActAnswer, REVEAL_ACTS_FOLDER, readRequestKid } from '../contract/trust/reveal/reveal-request.ts'
import { openShare, sealShare, xorShares } from '../contract/trust/reveal/sealed-officer.ts'
import { executeCommand } from '../service/command-line.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { NEEDED_LIST, SWITCH, TEXT } from '../service/command-texts.ts'
import { describeFileError } from '../service/describe-error.ts'
import { BOTH_LANG_OPTIONS, spokenLanguage } from '../service/lang-option.ts'
import { EXIT_NOT_IN_EFFECT, UsageError } from '../service/usage-error.ts'
import { handInRequest } from './hand-in.ts'
import { confirm, type MandatesIo, TERMINAL } from './mandates/io.ts'
import { AUTHORITY_OPTIONS } from './mandates/mandates.ts'
import { CLI_TEXTS } from './texts.ts'

/** How often `approve` looks whether witnesses have cosigned the entry, in milliseconds. */
const LOOK_EVERY_MS = 250

const KEY = CLI_TEXTS.declare('reveal key', {
  arguments: { file: TEXT },
  options: NEW_KEY_OPTIONS,
})

const APPROVE = CLI_TEXTS.declare('reveal approve', {
  arguments: {
    request: TEXT,
    approval: TEXT,
  },
  options: { ...AUTHORITY_OPTIONS, ...ONE_POLICY_OPTION },
})

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

const SHARE = CLI_TEXTS.declare('reveal share', {
  arguments: {
    approval: TEXT,
    answer: TEXT,
  },
  options: {
    key: NEEDED_LIST,
    ...PASSPHRASE_FILE_OPTION,
    auditor: NEEDED_LIST,
    yes: SWITCH,
    ...BOTH_LANG_OPTIONS,
    ...ONE_POLICY_OPTION,
  },
})

const SHARE_REMEDY =
  'Give the public part of the keys of the auditor who asked, with --auditor, or run `istmo reveal approve` again'

function readAuditor(file: string): ReturnType<typeof readPublicKeys> {
  return nameFile(file, 'It is the file KEYS.jwks.json beside the auditor’s keys', async () =>
    readPublicKeys(await readFile(file, 'utf8')),
  )
}

/** Gives the authority's share to the auditor who signed the request. */
async function share(line: CommandLine<typeof SHARE>, io: MandatesIo): Promise<void> {
  const language = spokenLanguage()
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
  const commands = {
    key: (args: readonly string[]) => executeCommand(KEY, args, key, io),
    approve: (args: readonly string[]) => executeCommand(APPROVE, args, (line) => approve(line, io), io),
    share: (args: readonly string[]) => executeCommand(SHARE, args, (line) => share(line, io), io),
  }
  return CLI_TEXTS.runGroup('reveal', commands, given, io)
}
