/** Opens what reveals officers: the seals of those who get tokens, and the folder of approvals. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import { RequestRejected } from '../audit/inbox/inbox-folder.ts'
import { DocumentError } from '../contract/trust/personal-jws.ts'
import { parseRevealAct, REVEAL_ACTS_FOLDER } from '../contract/trust/reveal/reveal-act.ts'
import type { FindSuspension } from './doors.ts'
import type { AuthorityLog } from './log/authority-log.ts'
import { openRequestInbox } from './request-inbox.ts'
import { RevealRefusedError } from './reveal/refused.ts'
import { createReveals } from './reveal/reveals.ts'
import { createSealer, type SealOfficer } from './reveal/seals.ts'
import type { RevealPins } from './settings/reveal-settings.ts'
import type { AuthoritySettings } from './settings/settings.ts'
import type { AuthorityDatabase } from './store/database.ts'
import type { Projector } from './store/projector.ts'
import { findSeals } from './store/reveals.ts'
import { createOfficerRefs } from './tokens/officer-refs.ts'
import { createPersonReader } from './tokens/person-token.ts'
import type { ReadProviderToken } from './tokens/provider-token.ts'

/** What {@link openReveals} works with. */
export interface RevealWorld {
  readonly settings: AuthoritySettings
  readonly authorityLog: AuthorityLog
  readonly db: AuthorityDatabase
  readonly projector: Projector
  /** Returns the keys that are pinned now; null without `reveal` in the settings. */
  readonly pins: () => RevealPins | null
  readonly findSuspension: FindSuspension
  readonly readProviderToken: ReadProviderToken
  readonly log: Logger
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** What reveals officers. */
export interface OpenedReveals {
  readonly seal: SealOfficer
  readonly close: () => Promise<void>
}

/** Opens what reveals officers, and takes from a folder what `istmo reveal approve` puts there. */
export function openReveals(world: RevealWorld): OpenedReveals {
  const { settings, authorityLog, db, projector, pins, findSuspension, log, now } = world
  const { recorder, origin, followed, findSalt, refKeys } = authorityLog
  const reachRows = (): Promise<void> => projector.reach(followed.size())
  const refs = createOfficerRefs(refKeys)
  const take = createReveals({
    ...{ settings, recorder, origin, followed, findSalt, refs, pins, query: db.query, reachRows, findSuspension, now },
  })
  const readPerson = createPersonReader(world.readProviderToken)
  const { close } = openRequestInbox({
    ...{ log, now, inbox: join(settings.auditLog, REVEAL_ACTS_FOLDER) },
    waiting: 'could not take the approval of a reveal; the next try follows',
    isRejection: (error) => [RequestRejected, RevealRefusedError, DocumentError].some((each) => error instanceof each),
    async carryOut(bytes) {
      const act = parseRevealAct(bytes)
      return take(await readPerson(act.token), act)
    },
  })
  const seal = createSealer({
    ...{ recorder, origin, pins, log },
    async findSeals(ref) {
      await reachRows()
      return findSeals(db.query, ref)
    },
  })
  return { seal, close }
}
