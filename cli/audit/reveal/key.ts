import { TERMINAL } from '../../mandates/io.ts'
import { makeNewKey } from '../../reveal/new-key.ts'
import { NEW_KEY_OPTIONS } from '../../reveal/options.ts'
import { defineAudit } from '../command.ts'

/** `istmo audit reveal key`: makes an auditor's keys: one pair that signs requests, and one to which answers are sealed. */
export const revealKeyCommand = defineAudit(
  {
    name: 'reveal key',
    description: 'make your keys for requests and answers; authorities pin the public part',
    arguments: { file: { meaning: 'the file of the keys' } },
    options: NEW_KEY_OPTIONS,
    notes: {
      'Exit codes': { 0: 'the keys are made', 1: 'not used', 2: 'they could not be made, or an argument is wrong' },
    },
    examples: [
      { command: 'istmo audit reveal key auditor.key --passphrase', meaning: 'Makes auditor.key under a passphrase.' },
    ],
  },
  async (line) => {
    const lines = await makeNewKey(line, true, TERMINAL)
    return { verdict: 'HOLDS', text: lines.join('\n'), json: { lines } }
  },
)
