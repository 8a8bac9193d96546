import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { generateSignerKey, isKeyName, parseSignerKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import { FILE } from '../service/command-spec.ts'
import { ABOUT, defineAudit } from './command.ts'
import { DESK_FILE, defaultDesk } from './desk/note-reading.ts'
import { readPolicy } from './inputs.ts'

/**
 * `istmo audit desk`: makes an auditor's desk, a folder with the auditor's own log and key. The commands that read logs write down in it who
 * read what.
 */
export const deskCommand = defineAudit(
  {
    ...ABOUT.desk,
    arguments: {
      folder: { meaning: 'the folder of the desk; by default ~/.config/istmo/desk', isOptional: true },
    },
    options: {
      reader: {
        flag: 'reader',
        value: 'name',
        isRequired: true,
        expected: 'a staff number or a user name of at most 200 characters',
        meaning: 'who reads at this desk, as your office knows you',
        parse: (text: string) => (text.length > 0 && text.length <= 200 ? text : undefined),
      },
      name: {
        flag: 'name',
        value: 'log',
        isRequired: true,
        expected: 'a log’s name without white space or a plus sign',
        meaning: 'the name of your own log, for example audit.example/gt/7',
        parse: (text: string) => (isKeyName(text) ? text : undefined),
      },
      policy: {
        flag: 'policy',
        ...FILE,
        isRepeated: true,
        meaning: 'a trust policy under which this desk reads logs',
      },
    },
    notes: {
      'Exit codes': {
        0: 'the desk is made',
        1: 'not used',
        2: 'the desk could not be made, or an argument is wrong',
      },
    },
    examples: [
      {
        command: 'istmo audit desk desk --reader auditor-7 --name audit.example/gt/7 --policy trust-policy',
        meaning: 'Makes a desk; `istmo audit search --desk desk …` then needs no other option of it.',
      },
    ],
  },
  async (line) => {
    const folder = line.folder ?? defaultDesk()
    for (const policy of line.policy) await readPolicy(policy)
    const key = generateSignerKey(line.name, SIGNATURE_TYPES.ed25519)
    const { vkey } = parseSignerKey(key).verifier
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // The key comes first and is never replaced: what it signed must stay verifiable.
    await writeFile(join(folder, 'own.key'), `${key}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new Error(`${folder}: expected no desk there; came one with a key. Edit its ${DESK_FILE} instead`)
    })
    const policies = line.policy.map((policy) => resolve(policy))
    const settings = { reader: line.reader, ownLog: 'own', ownKey: 'own.key', policies }
    await writeFile(join(folder, DESK_FILE), stringify(settings), { mode: 0o600, flag: 'wx' })
    return { verdict: 'HOLDS', text: vkey, json: { folder, vkey } }
  },
)
