import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { generateSignerKey, isKeyName, parseSignerKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import { LIST, matching, NEEDED } from '../service/command-texts.ts'
import { defineAudit } from './command.ts'
import { DESK_FILE, defaultDesk } from './desk/note-reading.ts'
import { readPolicy } from './inputs.ts'
import { UP_TO_200 } from './options.ts'

/**
 * `istmo audit desk`: makes an auditor's desk, a folder with the auditor's own log and key. The commands that read logs write down in it who
 * read what.
 */
export const deskCommand = defineAudit(
  'desk',
  {
    arguments: {
      folder: { isOptional: true },
    },
    options: {
      reader: { ...NEEDED, ...UP_TO_200 },
      name: { ...NEEDED, ...matching(isKeyName) },
      policy: LIST,
    },
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
