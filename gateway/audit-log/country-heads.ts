import { z } from 'zod'
import { createFolderStorage } from '../../audit/log/folder-storage.ts'
import { periodIn } from '../../audit/note/shard-name.ts'
import type { HeldReceipt, LogHead } from '../types/flow.ts'

/**
 * Remembers how far each country's audit log was, from its receipts. A country whose log was restored from an older copy, or was
 * rewritten, is found by its next receipt.
 *
 * The node writes a leg's entry after the gateway has sent the leg. So the entry's index is at least the largest size of the log that
 * the gateway knew when it sent the leg, or the entry is in a shard that began later. Receipts may arrive in any order, so a receipt is never
 * compared with what came in later.
 */

/** How often a change is written to the disk, in milliseconds. */
const WRITE_EVERY_MS = 1_000

/** The file in the folder. */
const FILE = 'heads.json'

const HEADS = z.record(
  z.string(),
  z.strictObject({
    /** The number of entries in the largest tree of the log that a receipt has shown. */
    size: z.int().min(0),
    /** The SHA-256 of that checkpoint's text, without signatures. */
    checkpoint: z.string().regex(/^[0-9a-f]{64}$/),
  }),
)

/** What a receipt says about its log. */
type ReceiptPlace = Pick<HeldReceipt, 'index' | 'size' | 'checkpoint'>

/** The memory of countries' logs. */
export interface CountryHeads {
  /** Returns how far a log is known to be, by its name; null if nothing is known of it. */
  readonly newestOf: (name: string) => LogHead | null
  /**
   * Takes in a valid receipt.
   * @param known how far the country's log was known to be when the leg was sent
   * @throws {Error} «log went back» if the log must have been set back or rewritten since.
   */
  readonly note: (origin: string, receipt: ReceiptPlace, known: LogHead | null) => void
  /** Writes what is not on the disk yet. Rejects with the disk's error. */
  readonly close: () => Promise<void>
}

/** The options of {@link openCountryHeads}. */
export interface CountryHeadsOptions {
  /** The folder of the memory; created if it does not exist. Null: the memory ends with the process. */
  readonly folder: string | null
  /** Called with a sentence for the operator when a log went back. */
  readonly onWentBack?: (origin: string, reason: string) => void
  /** Called if the memory cannot be written. The next try follows. */
  readonly onError?: (error: unknown) => void
}

/**
 * Opens the memory.
 * @throws {Error} if its file does not have the form that it must have. The message names the file.
 */
export async function openCountryHeads({ folder, onWentBack, onError }: CountryHeadsOptions): Promise<CountryHeads> {
  const storage = folder === null ? null : await createFolderStorage(folder)
  const heads = new Map(Object.entries(parseHeads(await storage?.read(FILE), `${folder}/${FILE}`)))
  let isChanged = false
  const write = async (): Promise<void> => {
    if (!isChanged || storage === null) return
    isChanged = false
    const bytes = Buffer.from(JSON.stringify(Object.fromEntries(heads)))
    await storage.write([{ path: FILE, bytes }]).catch((error: unknown) => {
      isChanged = true
      throw error
    })
  }
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(write).catch((error: unknown) => onError?.(error))
  }, WRITE_EVERY_MS).unref()
  const fail = (origin: string, reason: string): never => {
    onWentBack?.(origin, reason)
    throw new Error(`log went back: ${reason}`)
  }
  /** The origin of each log's newest shard, by the log's name. */
  const newest = new Map<string, string>()
  return {
    newestOf(name) {
      const origin = newest.get(name) ?? findNewest(heads.keys(), name)
      if (origin === undefined) return null
      newest.set(name, origin)
      return { name, origin, size: heads.get(origin)?.size ?? 0 }
    },
    note(origin, { index, size, checkpoint }, known) {
      if (known?.origin === origin && index < known.size) {
        fail(origin, `its log had ${known.size} entries before the leg was sent, and the receipt is for entry ${index}`)
      }
      if (known !== null && isOlderShard(origin, known)) {
        fail(origin, `its log had begun ${known.origin} before the leg was sent, and the receipt is for an older shard`)
      }
      const before = heads.get(origin)
      if (before?.size === size && before.checkpoint !== checkpoint) {
        fail(origin, `it signed two trees of ${size} entries`)
      }
      if (before !== undefined && before.size >= size) return
      if (before === undefined) newest.clear()
      heads.set(origin, { size, checkpoint })
      isChanged = true
    },
    async close() {
      clearInterval(timer)
      await running
      await write()
      await storage?.close()
    },
  }
}

/** Finds the newest shard of a log. The origins of its shards sort like their times. */
function findNewest(origins: Iterable<string>, name: string): string | undefined {
  return [...origins]
    .filter((origin) => periodIn(origin, name) !== undefined)
    .sort()
    .at(-1)
}

function isOlderShard(origin: string, than: LogHead): boolean {
  return origin < than.origin && periodIn(origin, than.name) !== undefined
}

function parseHeads(bytes: Uint8Array | undefined, path: string): z.infer<typeof HEADS> {
  if (bytes === undefined) return {}
  try {
    return HEADS.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch (cause) {
    const expected = 'expected the sizes of the countries’ audit logs in JSON; came something else'
    throw new Error(`${path}: ${expected}. Restore the file, or delete it: the gateway then forgets these sizes.`, {
      cause,
    })
  }
}
