/** `istmo` in a checkout: it has the commands for production and those of the demo. */
import { COMMANDS } from '../cli/commands.ts'
import { type IstmoCommand, runIstmo } from '../cli/program.ts'

const DEMO_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'import',
    description: 'load a publisher’s file into a country’s database',
    run: async (args) => (await import('./commands/import.ts')).runImportCommand(args),
  },
  {
    name: 'generate-records',
    description: 'write fictitious records to a country’s database',
    run: async (args) => (await import('./commands/generate-records.ts')).runGenerateRecords(args),
  },
  {
    name: 'token',
    description: 'print a bearer token of an officer of the running demo',
    run: async (args) => (await import('./token.ts')).printToken(args),
  },
]

await runIstmo([...COMMANDS, ...DEMO_COMMANDS])
