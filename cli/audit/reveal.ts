import { executeGroup } from '../../service/command-line.ts'
import type { AuditCommand } from './command.ts'
import { revealKeyCommand } from './reveal/key.ts'
import { revealOpenCommand } from './reveal/open.ts'
import { revealRequestCommand } from './reveal/request.ts'

const DESCRIPTION = 'learn which officer stands behind a pseudonym: your key and the authority’s are both needed'

/** `istmo audit reveal`: the auditor's side of a reveal. The authority's side is `istmo reveal`. */
export const revealCommand: AuditCommand = {
  name: 'reveal',
  description: DESCRIPTION,
  run(args, streams, now) {
    const commands = [revealKeyCommand, revealRequestCommand, revealOpenCommand].map((command) => ({
      name: command.name.replace('reveal ', ''),
      description: command.description,
      run: (rest: readonly string[]) => command.run(rest, streams, now),
    }))
    return executeGroup({ name: 'istmo audit reveal', description: `To ${DESCRIPTION}.`, commands }, args, streams)
  },
}
