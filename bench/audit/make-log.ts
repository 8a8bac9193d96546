import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { idAt, refOf } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { encodeNotes, historyPath } from '../../audit/log/history.ts'
import { encodeBundle } from '../../audit/merkle/entry-bundle.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { TILE_WIDTH, type TileId, tilePath, tilesOf, tileWidth } from '../../audit/merkle/tile.ts'
import { formatCheckpoint } from '../../audit/note/checkpoint.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { signNote } from '../../audit/note/note.ts'
import { createWalkedTree, type WalkedTree } from '../../audit/verify/walk.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'

/** The log that {@link makeLog} writes. */
export interface MadeLogOptions {
  readonly folder: string
  /** How many entries. They are requests, each followed by a continuation. */
  readonly entries: number
  /** How many entries a commit has. Each commit has a checkpoint. */
  readonly perCommit: number
  readonly signer: NoteSigner
  /** They cosign one checkpoint of each 256 entries. */
  readonly witnesses: readonly NoteSigner[]
}

const START_MS = Date.parse('2026-01-01T00:00:00.000Z')

/** How many callers there are. */
const CALLERS = 500

/**
 * Writes a log file by file, with the hashes, tiles and notes of the real code but without a journal, without syncs and without an answer that
 * waits. A log of ten million entries is made in minutes instead of hours.
 * @returns its size in bytes: of the entries, and of all files.
 */
export function makeLog(options: MadeLogOptions): { readonly entryBytes: number; readonly fileBytes: number } {
  const { folder, entries: size, signer, witnesses } = options
  const tree = createWalkedTree()
  const write = createWriter(folder)
  let entryBytes = 0
  let head = signNote(formatCheckpoint({ origin: signer.verifier.name, size: 0, root: Buffer.alloc(32) }), [signer])
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = tileWidth('entries', index, size)
    const entries = Array.from({ length: width }, (_, at) => entryAt(index * TILE_WIDTH + at))
    entryBytes += entries.reduce((sum, { length }) => sum + length, 0)
    const leaves = Buffer.concat(entries.map(hashLeaf))
    tree.add(leaves)
    write.tile({ level: 'entries', index, width }, encodeBundle(entries))
    write.tile({ level: 0, index, width }, leaves)
    const notes = commitsOf(index * TILE_WIDTH, tree.size(), options).map((at) => checkpointOf(tree, at, [signer]))
    head = checkpointOf(tree, tree.size(), [signer, ...witnesses])
    write.append(historyPath(tree.size()), encodeNotes(tree.size(), [...notes, head]))
  }
  for (const id of tilesOf(size)) {
    if (id.level > 0) write.tile(id, tree.tile(id.level, id.index)?.bytes(id.width) ?? Buffer.alloc(0))
  }
  write.file('checkpoint', Buffer.from(head))
  return { entryBytes, fileBytes: write.written() }
}

/** Lists the sizes after each commit from `from` entries on, up to `to`. */
function commitsOf(from: number, to: number, { perCommit }: MadeLogOptions): readonly number[] {
  const first = Math.floor(from / perCommit) + 1
  const count = Math.floor(to / perCommit) - first + 1
  return Array.from({ length: count }, (_, at) => (first + at) * perCommit)
}

function checkpointOf(tree: WalkedTree, size: number, by: readonly NoteSigner[]): string {
  const root = tree.root(size)
  if (root === undefined) throw new RangeError(`the tree has no root of ${size} leaves`)
  return signNote(formatCheckpoint({ origin: by[0]?.verifier.name ?? '', size, root }), by)
}

/** What differs from entry to entry. The marks stand in its text until then; they are as long as what replaces them. */
const MARKS = {
  id: '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f',
  of: '019ab7e5-2f40-7c3a-9c1d-000000000000',
  time: '2026-11-24T20:15:17.123Z',
  ref: refOf(999_999),
} as const

const COORDINATES = Array.from({ length: 24 }, (_, at) => `Person.field${String(at).padStart(2, '0')}`)

const REQUEST = template({
  ...SAMPLE_REQUEST,
  ...{ id: MARKS.id, time: MARKS.time, continuations: 1, coordinates: COORDINATES },
  actor: { ...(SAMPLE_REQUEST.actor as NonNullable<typeof SAMPLE_REQUEST.actor>), ref: MARKS.ref },
})
const CONTINUATION = template({
  ...{ v: 1, kind: 'continuation', id: MARKS.id, time: MARKS.time, gateway: SAMPLE_REQUEST.gateway, of: MARKS.of },
  ...{ part: 1, coordinates: [], denied: SAMPLE_REQUEST.denied },
  legs: ['HN', 'GT'].map((country) => ({
    ...(SAMPLE_REQUEST.legs[0] as (typeof SAMPLE_REQUEST.legs)[0]),
    country,
  })),
})

/** Splits the canonical text of an entry at its marks. */
function template(entry: Entry): readonly string[] {
  return Buffer.from(canonicalBytes(entry))
    .toString('utf8')
    .split(new RegExp(`(${Object.values(MARKS).join('|')})`))
}

function entryAt(index: number): Uint8Array {
  const timeMs = START_MS + Math.floor(index / 2) * 20
  const values = new Map<string, string>([
    [MARKS.id, idAt(timeMs, index)],
    [MARKS.of, idAt(timeMs, index - 1)],
    [MARKS.time, new Date(timeMs).toISOString()],
    [MARKS.ref, refOf(index % CALLERS)],
  ])
  const parts = index % 2 === 0 ? REQUEST : CONTINUATION
  return Buffer.from(parts.map((part, at) => (at % 2 === 1 ? (values.get(part) ?? part) : part)).join(''))
}

function createWriter(folder: string) {
  const made = new Set<string>()
  let written = 0
  const prepare = (path: string, bytes: Uint8Array): string => {
    const full = join(folder, path)
    if (!made.has(dirname(full))) mkdirSync(dirname(full), { recursive: true })
    made.add(dirname(full))
    written += bytes.length
    return full
  }
  const file = (path: string, bytes: Uint8Array): void => writeFileSync(prepare(path, bytes), bytes)
  return {
    file,
    append: (path: string, bytes: Uint8Array): void => writeFileSync(prepare(path, bytes), bytes, { flag: 'a' }),
    tile: (id: TileId, bytes: Uint8Array): void => file(tilePath(id), bytes),
    written: () => written,
  }
}
