import { throwDamaged } from '../finding.ts'
import type { Log, Receipt } from '../log/log.ts'
import { createTile } from '../merkle/tile.ts'
import { tilePath } from '../merkle/tile-path.ts'
import { createTiledTree } from '../merkle/tiled-tree.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import { parseNote } from '../note/note.ts'
import { formatTlogProof } from '../note/tlog-proof.ts'
import { folderSource } from '../verify/source.ts'

/** Builds the proofs of receipts, also those of a shard that has ended meanwhile. */
export interface Prover {
  /** Returns the receipt with a proof that is built in the open log or, after its end, from the files in `folder`. */
  readonly withProof: (receipt: Receipt, log: Log, folder: string) => Receipt
  /** Waits for the proofs that are being built. A log must not be closed before. */
  readonly idle: () => Promise<void>
}

/** Tells {@link createProver} which log is open. `settled` waits for the end of a shard that is under way. */
interface Shards {
  readonly isOpen: (log: Log) => boolean
  readonly settled: () => Promise<void>
}

/** Creates the prover of a log with shards. */
export function createProver({ isOpen, settled }: Shards): Prover {
  const building = new Set<Promise<string>>()
  const track = (proof: Promise<string>): Promise<string> => {
    const tracked = proof.finally(() => building.delete(tracked))
    building.add(tracked)
    return tracked
  }
  const prove = async (receipt: Receipt, log: Log, folder: string): Promise<string> => {
    if (isOpen(log)) return track(receipt.proof())
    await settled()
    return proveEnded(folder, receipt)
  }
  return {
    withProof: (receipt, log, folder) => ({ ...receipt, proof: () => prove(receipt, log, folder) }),
    idle: async () => {
      await Promise.allSettled(building)
    },
  }
}

/** Builds the C2SP tlog-proof of a receipt from the files of a shard. Rejects with a LogDamagedError if a file is missing. */
async function proveEnded(folder: string, { index, checkpoint }: Receipt): Promise<string> {
  const source = folderSource(folder)
  const final = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
  const total = sizeOf(final)
  const tree = createTiledTree(
    async (id) => {
      const bytes = await source.read(tilePath(id))
      return bytes === undefined ? throwDamaged('MISSING', tilePath(id), 'a file', 'none') : createTile(bytes)
    },
    () => total,
  )
  return formatTlogProof({ index, hashes: await tree.inclusion(index, sizeOf(checkpoint)), checkpoint })
}

function sizeOf(checkpoint: string): number {
  return parseCheckpoint(parseNote(checkpoint).text).size
}
