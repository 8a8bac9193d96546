import { executeGroup } from '../../service/command-line.ts'
import { runCrosswalk } from './crosswalk-command.ts'
import { runIccsSuggest } from './suggest-command.ts'

/** Runs `istmo iccs`. Returns the exit code. */
export function runIccs(args: readonly string[]): Promise<number> {
  const group = {
    name: 'istmo iccs',
    description:
      'Classifies national labels of offences by the ICCS. The commands propose, and a person decides each label.',
    commands: [
      { name: 'suggest', description: 'propose codes for the labels of a file', run: runIccsSuggest },
      { name: 'crosswalk', description: 'write the crosswalk of what persons have decided', run: runCrosswalk },
    ],
  }
  return executeGroup(group, args)
}
