import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSignerKey } from '../../audit/note/key.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import type { World } from './world.ts'

/** Reads the entries of an authority's log from its files, each checked against the tree. */
export async function readLog({ folder }: Pick<World, 'folder'>): Promise<readonly Entry[]> {
  const { verifier } = parseSignerKey((await readFile(join(folder, 'keys/log.key'), 'utf8')).trim())
  const policy = { logs: [{ verifier }], witnesses: [], groups: new Map(), quorum: 'none' }
  const reader = await openLogReader(folderSource(join(folder, 'audit-log/log')), policy)
  const entries: Entry[] = []
  for await (const { bytes } of reader.entries()) entries.push(parseEntry(bytes))
  return entries
}
