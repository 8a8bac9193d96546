import { JOINING_TEXTS } from '../commands.ts'
import { TERMINAL } from '../decisions/own-database.ts'
import { runCrosswalk } from './crosswalk-command.ts'
import { runIccsSuggest } from './suggest-command.ts'

/** Runs `istmo iccs`. Returns the exit code. */
export function runIccs(args: readonly string[]): Promise<number> {
  const commands = {
    suggest: (rest: readonly string[]) => runIccsSuggest(rest),
    crosswalk: (rest: readonly string[]) => runCrosswalk(rest),
  }
  return JOINING_TEXTS.runGroup('iccs', commands, args, TERMINAL.streams)
}
