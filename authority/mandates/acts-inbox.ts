import { join } from 'node:path'
import type { RequestRejected } from '../../audit/inbox/inbox-folder.ts'
import { MANDATE_ACTS_FOLDER, parseMandateAct } from '../../contract/trust/mandate-act.ts'
import { openRequestInbox, type RequestInbox, type RequestInboxOptions } from '../request-inbox.ts'
import type { Mandates } from './mandates.ts'
import type { ActingPerson } from './rules.ts'

/** What an inbox works with. */
export interface ActsInboxOptions extends Pick<RequestInboxOptions, 'log' | 'now' | 'lookEveryMs'> {
  /** The home of the authority's audit log. The inbox is in it. */
  readonly home: string
  readonly mandates: Pick<Mandates, 'act'>
  /**
   * Reads the token of a login provider. Rejects with a {@link RequestRejected} that says what is wrong with a token that is not accepted, and
   * with any other error if it cannot be told now.
   */
  readonly readPerson: (token: string) => Promise<ActingPerson>
}

/** An inbox that is looked into regularly. */
export type ActsInbox = RequestInbox

/**
 * Begins to look into the folder into which `istmo mandates` puts what persons signed. A request that was carried out before a crash is carried
 * out once: acts that were done are not done again.
 */
export function openActsInbox({ home, mandates, readPerson, ...options }: ActsInboxOptions): ActsInbox {
  return openRequestInbox({
    ...options,
    inbox: join(home, MANDATE_ACTS_FOLDER),
    waiting: 'could not carry out an act on mandates; the next try follows',
    async carryOut(bytes) {
      const act = parseMandateAct(bytes)
      return mandates.act(await readPerson(act.token), act)
    },
  })
}
