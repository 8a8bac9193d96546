import type { IstmoCommand } from '../program.ts'

/** The commands for the persons who draft and approve mandates. */
export const MANDATE_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'mandates',
    description: 'draft, approve, revoke and list mandates, each signed by two persons',
    run: async (args) => (await import('../mandates/mandates.ts')).runMandates(args),
  },
]
