import { JOINING_TEXTS } from '../commands.ts'
import { TERMINAL } from '../decisions/own-database.ts'
import { runLinkImport } from './import-command.ts'
import { runLinkSuggest } from './suggest-command.ts'

/** Runs `istmo link`. Returns the exit code. */
export function runLink(args: readonly string[]): Promise<number> {
  const commands = {
    suggest: (rest: readonly string[]) => runLinkSuggest(rest),
    import: (rest: readonly string[]) => runLinkImport(rest),
  }
  return JOINING_TEXTS.runGroup('link', commands, args, TERMINAL.streams)
}
