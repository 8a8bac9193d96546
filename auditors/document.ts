import { dirname, join } from 'node:path'
import { matching, NEEDED } from '../service/command-texts.ts'
import { defineAudit } from './command.ts'
import { findLogFolder } from './inputs.ts'
import { KEPT_OPTION } from './options.ts'
import { NotStoredError, openContentStore } from './stored-rules.ts'

/**
 * `istmo audit document`: prints what was asked, without the values: the normalised document that an entry names by its hash. Its names of
 * aliases, variables and fragments are not those of the caller.
 */
export const documentCommand = defineAudit(
  'document',
  {
    arguments: {
      hash: matching(/^[0-9a-f]{64}$/),
    },
    options: {
      log: NEEDED,
      ...KEPT_OPTION,
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
