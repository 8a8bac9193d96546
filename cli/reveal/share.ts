import { readFile, writeFile } from 'node:fs/promises'
import { readPublicKeys } from '../../contract/trust/reveal/reveal-keys.ts'
import { openShare, sealShare, xorShares } from '../../contract/trust/reveal/sealed-officer.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { BOTH_LANG_OPTIONS } from '../../service/lang-option.ts'
import { ONE_POLICY_OPTION, readPolicy } from '../audit/inputs.ts'
import { confirm, type MandatesIo } from '../mandates/io.ts'
import { chooseShownLanguage } from '../mandates/options.ts'
import { openRevealKeyFiles } from './key-file.ts'
import { checkLogged, describeReveal, type RevealAnswer, readApproval } from './logged-reveal.ts'
import { PASSPHRASE_FILE_OPTION } from './options.ts'

const FILE = { value: 'file', expected: 'the path of a file' } as const

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
  examples: [
    {
      command:
        'istmo reveal share approval.json answer.json --key reveal.key --auditor auditor.key.jwks.json --policy trust-policy',
      meaning: 'Writes answer.json for the auditor.',
    },
  ],
} as const satisfies CommandSpec

/** Runs `istmo reveal share`. Resolves to the exit code. */
export function runShare(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    SHARE,
    args,
    async ({ approval: file, answer: path, key, passphraseFile, auditor, yes, policy, development, ...line }) => {
      const language = chooseShownLanguage(line, io)
      const policies = [await readPolicy(policy, development)]
      const { salt, kind: _, ...logged } = await readApproval(file)
      const pinned = await Promise.all(auditor.map(async (each) => readPublicKeys(await readFile(each, 'utf8'))))
      const checked = await checkLogged(
        { ...logged, kind: 'istmo-reveal-approval', salt },
        pinned.flatMap(({ signing }) => signing),
        policies,
      )
      const { request, seal } = checked
      const receiver = pinned.flatMap(({ sealing }) => sealing).find(({ kid }) => kid === request.claims.seal_to)
      if (receiver === undefined) {
        throw new Error('--auditor: expected the key to which the request wants the answer sealed; these files lack it')
      }
      io.out.write(`${describeReveal(checked)}\n`)
      const keys = await openRevealKeyFiles(key, passphraseFile, io)
      await confirm(io, language, yes)
      const ref = seal.officer
      const own = await openShare(seal.authority.share, keys.sealing, { part: 'AUTHORITY', ref })
      const given = xorShares(own, await openShare(salt, keys.sealing, { part: 'SALT', ref }))
      const { share } = await sealShare({ part: 'GIVEN', ref, share: given }, receiver)
      const answer: RevealAnswer = { ...logged, kind: 'istmo-reveal-answer', share }
      await writeFile(path, `${JSON.stringify(answer)}\n`, { mode: 0o600 })
      io.out.write(`wrote ${path}\n`)
    },
    io,
  )
}
