import type { IstmoCommand } from '../program.ts'
import { PROBE_COMMANDS } from './probe.ts'

/** The commands that bring a country in and keep its node. */
export const JOINING_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'join',
    description: 'make the folder of a country that joins: keys, certificate, settings, rules, units, bundle',
    async run(args) {
      process.exitCode = await (await import('../../joining/join/join-command.ts')).runJoin(args)
    },
  },
  ...PROBE_COMMANDS,
]
