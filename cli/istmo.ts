/** `istmo` as it is installed: the commands that run Istmo in production. */
import { COMMANDS } from './commands.ts'
import { runIstmo } from './program.ts'

await runIstmo(COMMANDS)
