/** `istmo` in a checkout: it has the commands for production and those of the demo. */
import { COMMANDS } from '../cli/commands.ts'
import { type IstmoCommand, runIstmo } from '../cli/program.ts'
import { ISTMO_TEXTS } from './commands/texts.ts'

const DEMO_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'import',
    description: ISTMO_TEXTS.describe('import'),
    run: async (args) => (await import('./commands/import.ts')).runImportCommand(args),
  },
  {
    name: 'generate-records',
    description: ISTMO_TEXTS.describe('generate-records'),
    run: async (args) => (await import('./commands/generate-records.ts')).runGenerateRecords(args),
  },
  {
    name: 'token',
    description: ISTMO_TEXTS.describe('token'),
    run: async (args) => (await import('./token.ts')).printToken(args),
  },
]

await runIstmo([...COMMANDS, ...DEMO_COMMANDS])
