import type { Logger } from 'pino'
import { newSealSalt, sealOfficer } from '../../contract/trust/reveal/sealed-officer.ts'
import type { Recorder } from '../../service/audit-log/recorder.ts'
import type { Officer } from '../doors.ts'
import type { RevealPins } from '../settings/reveal-settings.ts'
import type { SealPlace } from '../store/reveals.ts'

/** How many refs are remembered as sealed. */
const MAX_REMEMBERED = 100_000

/** What {@link createSealer} works with. */
export interface SealerOptions {
  readonly recorder: Pick<Recorder, 'append' | 'newBase'>
  /** The name of the log. */
  readonly origin: string
  /** Returns the keys that are pinned now; null if officers are not put under seal. */
  readonly pins: () => RevealPins | null
  /** Lists the seals of a ref, also those whose entries were written a moment ago. */
  readonly findSeals: (ref: string) => Promise<readonly SealPlace[]>
  readonly log: Pick<Logger, 'info'>
}

/**
 * Puts an officer under seal, once for each ref and set of keys. Resolves when the entry is durable, so no token leaves before it. Rejects if it
 * cannot be written.
 */
export type SealOfficer = (officer: Pick<Officer, 'issuer' | 'subject'>, ref: string) => Promise<void>

/** Creates the function that puts officers under seal. */
export function createSealer({ recorder, origin, pins, findSeals, log }: SealerOptions): SealOfficer {
  const done = new Set<string>()
  const running = new Map<string, Promise<void>>()
  return async (officer, ref) => {
    const pinned = pins()
    if (pinned === null) return
    const auditors = pinned.auditors.flatMap(({ keys }) => keys.sealing)
    const kids = [pinned.authority.kid, ...auditors.map(({ kid }) => kid).sort()].join(' ')
    const name = `${ref} ${kids}`
    if (done.has(name)) return
    const seal = async (): Promise<void> => {
      const before = await findSeals(ref)
      if (!before.some((each) => [each.authority, ...[...each.auditors].sort()].join(' ') === kids)) {
        const base = recorder.newBase()
        const salt = newSealSalt()
        const sealed = await sealOfficer({ officer, ref, salt, authority: pinned.authority, auditors })
        const entry = { ...base, origin, kind: 'officer-seal' as const, officer: ref, ...sealed }
        await recorder.append([entry], [{ id: base.id, salt }])
        log.info({ seal: base.id }, 'put an officer under seal')
      }
      if (done.size >= MAX_REMEMBERED) done.clear()
      done.add(name)
    }
    const current = running.get(name) ?? seal().finally(() => running.delete(name))
    running.set(name, current)
    await current
  }
}
