import { commandsOf } from '../service/command-texts.ts'

/** What the help of the commands in this folder says. */
export const CLI_TEXTS = commandsOf(new URL('commands.yaml', import.meta.url), 'istmo')
