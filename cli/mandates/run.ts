import { runApprove } from './approve.ts'
import { runDraft } from './draft.ts'
import { type MandatesIo, TERMINAL } from './io.ts'
import { runKey } from './key.ts'
import { runList } from './list.ts'
import { runPerson } from './person.ts'
import { runRevoke } from './revoke.ts'
import { runGroup } from './run-group.ts'
import { runShow } from './show.ts'

/**
 * Runs one command of `istmo mandates`: documents that two persons sign, each with a key of their own.
 * @returns the exit code: 2 if an argument is wrong, 1 for any other failure.
 */
export function runMandates(args: readonly string[], io: MandatesIo = TERMINAL): Promise<number> {
  const commands = [
    { name: 'key', description: 'make your own key, and print its thumbprint', run: runKey },
    { name: 'draft', description: 'draft a mandate, and sign it', run: runDraft },
    { name: 'approve', description: 'approve a mandate that another person drafted', run: runApprove },
    { name: 'revoke', description: 'revoke a mandate, or withdraw a draft', run: runRevoke },
    { name: 'list', description: 'list the mandates of an authority', run: runList },
    { name: 'person', description: 'find the salted hash of a person, to erase its salt', run: runPerson },
    { name: 'show', description: 'verify a document, and show what it says', run: runShow },
  ]
  return runGroup(
    {
      name: 'istmo mandates',
      description:
        'Mandates of a country: documents that say which officers may ask which countries, for what and until when. Two persons sign each of them.',
      commands,
    },
    args,
    io,
  )
}
