import { commandsOf } from '../../service/command-texts.ts'

const FILE = new URL('../commands.yaml', import.meta.url)

/** What the help of the commands says that the demo adds to `istmo`. */
export const ISTMO_TEXTS = commandsOf(FILE, 'istmo')

/** What the help of the demo's npm scripts says. */
export const NPM_TEXTS = commandsOf(FILE, 'npm')
