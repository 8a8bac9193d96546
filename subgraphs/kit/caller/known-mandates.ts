/** The mandates whose proof this node has seen (docs/design/trust.md, The mandate). */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { MandateDocument } from '../../../contract/trust/mandate-document.ts'
import type { CallerPartner } from '../../../service/country-file-callers.ts'

/** How many mandates are in memory; a document has 16 KiB at most. */
const MAX_IN_MEMORY = 1_000

/** How many proofs are in the folder. */
const MAX_ON_DISK = 10_000

/** Verifies the proof of a mandate against what a partner has pinned. Rejects with {Error} that says what was expected and what came. */
export type VerifyMandateProof = (
  proof: unknown,
  partner: CallerPartner,
) => Promise<{ readonly document: MandateDocument; readonly hash: string }>

/** Which mandates are proven. Whether one still holds is asked on each leg. */
export interface KnownMandates {
  /** Returns a mandate that was proven before; null if the node needs its proof. */
  find(partner: CallerPartner, hash: string): Promise<MandateDocument | null>
  /**
   * Verifies the proof of the mandate with this hash, and remembers it.
   * @throws {Error} that says what was expected and what came.
   */
  learn(partner: CallerPartner, hash: string, proof: unknown): Promise<MandateDocument>
}

/** What {@link openKnownMandates} works with. */
export interface KnownMandatesOptions {
  readonly verify: VerifyMandateProof
  /** Where proofs are kept over a restart. Null: nowhere; then gateways send each proof again. */
  readonly folder: string | null
  readonly log: Pick<Logger, 'warn'>
}

/**
 * Opens the memory of proven mandates. The folder keeps proofs and not verdicts: what is read from it is verified against what the country's
 * file pins now.
 */
export async function openKnownMandates({ verify, folder, log }: KnownMandatesOptions): Promise<KnownMandates> {
  const proven = new LRUCache<string, MandateDocument>({ max: MAX_IN_MEMORY })
  const proofs = folder === null ? null : await openProofs(folder)

  async function take(partner: CallerPartner, hash: string, proof: unknown): Promise<MandateDocument> {
    const { document, hash: came } = await verify(proof, partner)
    if (came !== hash) throw new Error('expected the proof of the mandate that the token names; came another one')
    proven.set(keyOf(partner, hash), document)
    return document
  }

  return {
    async find(partner, hash) {
      const known = proven.get(keyOf(partner, hash))
      if (known !== undefined || proofs === null) return known ?? null
      const proof = await proofs.read(hash)
      // A proof that no longer holds is asked for again.
      return proof === undefined ? null : take(partner, hash, proof).catch(() => null)
    },
    async learn(partner, hash, proof) {
      const document = await take(partner, hash, proof)
      await proofs?.write(hash, proof).catch((error: unknown) => {
        log.warn({ folder, error: (error as NodeJS.ErrnoException).code }, NOT_KEPT)
      })
      return document
    },
  }
}

const NOT_KEPT =
  'could not keep the proof of a mandate; gateways send it again after a restart. Check the folder of --mandates-folder (MANDATES_FOLDER)'

/** One mandate proven to one partner is not proven to another one. */
function keyOf({ authority }: CallerPartner, hash: string): string {
  return `${hash} ${authority}`
}

async function openProofs(folder: string) {
  await mkdir(folder, { recursive: true })
  const names = await readdir(folder)
  // What a crash left of a file that was being written.
  await Promise.all(
    names.filter((name) => name.endsWith('.part')).map((name) => rm(join(folder, name), { force: true })),
  )
  let count = names.filter((name) => name.endsWith('.json')).length
  return {
    async read(hash: string): Promise<unknown> {
      try {
        return JSON.parse(await readFile(join(folder, `${hash}.json`), 'utf8'))
      } catch {
        return undefined
      }
    },
    async write(hash: string, proof: unknown): Promise<void> {
      if (count >= MAX_ON_DISK) return
      const part = join(folder, `${randomUUID()}.part`)
      await writeFile(part, JSON.stringify(proof), { flush: true })
      await rename(part, join(folder, `${hash}.json`))
      count += 1
    },
  }
}
