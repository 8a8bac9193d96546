import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { createFolderStorage } from '../../audit/log/folder-storage.ts'
import { openLog } from '../../audit/log/log.ts'
import { encodeSlot } from '../../audit/log/testing.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { signText } from '../../audit/note/note.ts'
import { createSaltStore } from '../../audit/salts/salts.ts'
import type { NewSalt } from '../../audit/salts/slot.ts'

/** Writes entries to a log's folder, has witnesses cosign its checkpoint, and closes it. Returns the proofs, one for each entry. */
export async function writeLog(
  folder: string,
  signer: NoteSigner,
  entries: readonly unknown[],
  witnesses: readonly NoteSigner[] = [],
): Promise<readonly string[]> {
  const log = await openLog({ folder, signer, publishAfterMs: 1_000_000 })
  const receipts = await Promise.all(entries.map((entry) => log.append(canonicalBytes(entry))))
  await log.publish()
  const { note } = log.published()
  const text = note.slice(0, note.indexOf('\n\n') + 1)
  if (witnesses.length > 0) {
    await log.addCosignatures(
      note,
      witnesses.map((witness) => signText(text, witness)),
    )
  }
  const proofs = await Promise.all(receipts.map(({ proof }) => proof()))
  await log.close()
  return proofs
}

/**
 * Writes a trust policy for these logs, in which the smallest safe number of the witnesses is a quorum: three of four. Without witnesses it
 * demands no quorum.
 */
export async function writePolicy(
  folder: string,
  logs: readonly NoteSigner[],
  witnesses: readonly NoteSigner[] = [],
  name = 'policy',
): Promise<string> {
  const path = join(folder, name)
  const names = witnesses.map((_, at) => `W${at + 1}`)
  const lines = [
    ...logs.map(({ verifier }) => `log ${verifier.vkey}`),
    ...witnesses.map(({ verifier }, at) => `witness ${names[at]} ${verifier.vkey}`),
    ...(witnesses.length > 0
      ? [`group members ${Math.floor(names.length / 2) + 1} ${names.join(' ')}`, 'quorum members']
      : ['quorum none']),
  ]
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

/** Adds salts to the store in a folder, as a log does when it publishes. All ids are of the same hour. */
export async function addSalts(folder: string, salts: readonly NewSalt[]): Promise<void> {
  const storage = await createFolderStorage(folder)
  await createSaltStore(storage).add(salts.map(encodeSlot))
  await storage.close()
}
