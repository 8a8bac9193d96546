import type { IstmoCommand } from '../program.ts'

/** The commands that bring a country in and keep its node. */
export const JOINING_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'map',
    description: 'propose a mapping for sync from the tables of an old database or a CSV file',
    run: async (args) => (await import('../../joining/propose/map-command.ts')).runMap(args),
  },
  {
    name: 'sync',
    description: 'fill a node’s tables from an old database or CSV files',
    async run(args) {
      process.exitCode = await (await import('../../joining/sync/sync-command.ts')).runSyncCommand(args)
    },
  },
]
