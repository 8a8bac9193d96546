import { type MandatesIo, TERMINAL } from '../mandates/io.ts'
import { runGroup } from '../mandates/run-group.ts'
import { runApproveReveal } from './approve.ts'
import { runRevealKey } from './key.ts'
import { runShare } from './share.ts'

/**
 * Runs one command of `istmo reveal`: the authority's side of revealing who an officer is. The auditor's side is `istmo audit reveal`.
 * @returns the exit code: 2 if an argument is wrong, 1 for any other failure.
 */
export function runReveal(args: readonly string[], io: MandatesIo = TERMINAL): Promise<number> {
  const commands = [
    { name: 'key', description: 'make the authority’s reveal key', run: runRevealKey },
    { name: 'approve', description: 'approve an auditor’s request at the authority’s machine', run: runApproveReveal },
    { name: 'share', description: 'give the authority’s share to the auditor', run: runShare },
  ]
  return runGroup(
    {
      name: 'istmo reveal',
      description:
        'Reveals to an auditor which officer stands behind a pseudonym. It takes two keys: the authority’s, and the auditor’s.',
      commands,
    },
    args,
    io,
  )
}
