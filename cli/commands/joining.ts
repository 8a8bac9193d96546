import type { IstmoCommand } from '../program.ts'

/** The commands that bring a country in and keep its node. */
export const JOINING_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'iccs',
    description: 'classify national labels of offences by the ICCS',
    run: async (args) => (await import('../../joining/iccs/iccs-command.ts')).runIccs(args),
  },
  {
    name: 'link',
    description: 'link your persons with those of other countries',
    run: async (args) => (await import('../../joining/links/link-command.ts')).runLink(args),
  },
]
