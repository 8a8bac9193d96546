/** Keeps the documents of known callers beside the log, so that an auditor can read what was asked. */
import type { DocumentNode } from 'graphql'
import { isKept, type KeepFile } from '../../audit/content-store/content-store.ts'
import type { Caller } from '../../contract/access-token.ts'
import { normaliseDocument, printNormalised } from '../../contract/audit-log/document.ts'

/** How many bytes of new documents are kept in an hour, of one caller and of all of them. Others are recorded by their hash only. */
const CALLER_BYTES_PER_HOUR = 1024 * 1024
const ALL_BYTES_PER_HOUR = 16 * 1024 * 1024

/** How many hashes of kept documents are remembered. For others, the keeper looks into the folder. */
const MAX_REMEMBERED = 10_000

const HOUR_MS = 3_600_000

/** What {@link createDocumentKeeper} works with. */
export interface DocumentKeeperOptions {
  /** The folder of the content store. */
  readonly folder: string
  readonly keep: KeepFile
  /** Returns the time in milliseconds since the epoch. */
  readonly now: () => number
  /** Called with the error if a document cannot be stored. Its request is answered nevertheless. */
  readonly onError: (error: unknown) => void
}

/** Stores the normalised document of a caller, unless it is stored. Resolves to whether its text is durable in the content store. */
export type KeepDocument = (document: DocumentNode, caller: Caller) => Promise<boolean>

/** Creates the keeper of documents. One that is known already needs no look at the disk. */
export function createDocumentKeeper({ folder, keep, now, onError }: DocumentKeeperOptions): KeepDocument {
  const known = new Map<string, Promise<boolean>>()
  const budget = createBudget(now)

  const store = async (name: string, document: DocumentNode, caller: Caller): Promise<boolean> => {
    let giveBack: (() => void) | null = null
    try {
      if (await isKept(folder, name)) return true
      const text = printNormalised(document)
      giveBack = budget.spend(Buffer.byteLength(text), caller)
      if (giveBack === null) return false
      await keep(text)
      return true
    } catch (error) {
      giveBack?.()
      onError(error)
      return false
    }
  }

  return async (document, caller) => {
    const { hash: name } = normaliseDocument(document)
    const storing = known.get(name) ?? store(name, document, caller)
    // Put at the end, so that the first one is the one that was not used for the longest time.
    known.delete(name)
    known.set(name, storing)
    const [oldest] = known.keys()
    if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest)
    const isStored = await storing
    if (!isStored && known.get(name) === storing) known.delete(name)
    return isStored
  }
}

/** Counts the bytes of the current hour. */
function createBudget(now: () => number) {
  let hour = -1
  let spent = 0
  const spentBy = new Map<string, number>()
  return {
    /**
     * Spends bytes of a caller. @returns what gives them back if the disk did not take them; null, and nothing is spent, if there are not so many
     * left.
     */
    spend(bytes: number, { issuer, subject }: Caller) {
      const current = Math.floor(now() / HOUR_MS)
      if (current !== hour) {
        hour = current
        spent = 0
        spentBy.clear()
      }
      const key = JSON.stringify([issuer, subject])
      const own = spentBy.get(key) ?? 0
      if (own + bytes > CALLER_BYTES_PER_HOUR || spent + bytes > ALL_BYTES_PER_HOUR) return null
      spent += bytes
      spentBy.set(key, own + bytes)
      return () => {
        if (hour !== current) return
        spent -= bytes
        spentBy.set(key, (spentBy.get(key) ?? bytes) - bytes)
      }
    },
  }
}
