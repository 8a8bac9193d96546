import type { IstmoCommand } from '../program.ts'

/** The commands for officers. */
export const ASK_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'ask',
    description: 'sign a question, ask it, and check what the countries signed',
    run: async (args) => (await import('../ask.ts')).runAsk(args),
  },
]
