import { executeGroup } from '../../service/command-line.ts'
import { runLinkImport } from './import-command.ts'
import { runLinkSuggest } from './suggest-command.ts'

/** Runs `istmo link`. Returns the exit code. */
export function runLink(args: readonly string[]): Promise<number> {
  const group = {
    name: 'istmo link',
    description:
      'Links your persons with those of other countries. The commands propose, and a person confirms each link.',
    commands: [
      { name: 'suggest', description: 'ask other countries about persons, and list candidates', run: runLinkSuggest },
      { name: 'import', description: 'take over the links that persons have confirmed', run: runLinkImport },
    ],
  }
  return executeGroup(group, args)
}
