import type { IstmoCommand } from '../program.ts'

/** The commands that stop something at a node, a gateway or an authority, and let it go on. */
export const SUSPEND_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'suspend',
    description: 'stop something at a node, a gateway or an authority, at once',
    run: async (args) => (await import('../suspend.ts')).runSuspend('suspend', args),
  },
  {
    name: 'resume',
    description: 'end a suspension',
    run: async (args) => (await import('../suspend.ts')).runSuspend('resume', args),
  },
  {
    name: 'suspensions',
    description: 'show what is suspended at a process',
    run: async (args) => (await import('../suspend.ts')).runSuspensions(args),
  },
]
