import { dirname, join } from 'node:path'
import { ABOUT, defineAudit } from './command.ts'
import { findLogFolder } from './inputs.ts'
import { KEPT_OPTION, NotStoredError, openContentStore } from './stored-rules.ts'

/**
 * `istmo audit document`: prints what was asked, without the values: the normalised document that an entry names by its hash. Its names of
 * aliases, variables and fragments are not those of the caller.
 */
export const documentCommand = defineAudit(
  {
    ...ABOUT.document,
    arguments: {
      hash: {
        meaning: 'the `documentHash` of an entry; `search --json` and `was-allowed` print it',
        expected: 'a SHA-256 in hexadecimal digits',
        parse: (text: string) => (/^[0-9a-f]{64}$/.test(text) ? text : undefined),
      },
    },
    options: {
      log: {
        flag: 'log',
        value: 'folder',
        isRequired: true,
        expected: 'the path of a folder',
        meaning: 'the folder of the audit log',
      },
      ...KEPT_OPTION,
    },
    notes: {
      'Exit codes': {
        0: 'the document is printed',
        1: 'the file does not have the hash that its name says',
        2: 'there is no such file, or an argument is wrong',
      },
    },
  },
  async ({ hash, log, kept }) => {
    const store = openContentStore(kept ?? join(dirname(await findLogFolder(log)), 'kept'))
    try {
      const text = await store.text(hash)
      return { verdict: 'HOLDS', text, json: { document: hash, text } }
    } catch (error) {
      if (!(error instanceof NotStoredError)) throw error
      const json = { document: hash, reason: error.message }
      if (error.isDamaged) return { verdict: 'FAILS', text: `DOES NOT HOLD: ${error.message}`, json }
      return { verdict: 'UNTOLD', text: '', json }
    }
  },
)
