import type { TamperingCase } from './case.ts'
import { ENTRY_CASES } from './cases/entries.ts'
import { FILE_CASES } from './cases/files.ts'
import { PART_CASES } from './cases/parts.ts'
import { POLICY_CASES } from './cases/policies.ts'
import { PRUNING_CASES } from './cases/pruning.ts'
import { SHARD_CASES } from './cases/shards.ts'
import { STORY_CASES } from './cases/stories.ts'
import { TREE_CASES } from './cases/tree.ts'
import { WITNESS_CASES } from './cases/witnesses.ts'

/** The cases in which somebody tampers with the logs, by chapter of docs/tampering.md. */
export const CHAPTERS: Readonly<Record<string, readonly TamperingCase[]>> = {
  'The tree': TREE_CASES,
  'What entries say': ENTRY_CASES,
  'The numbered parts of countries': PART_CASES,
  'Witnesses and checkpoints': WITNESS_CASES,
  'The trust policy': POLICY_CASES,
  'Files and keys': FILE_CASES,
  'Pruned logs': PRUNING_CASES,
  'Divided logs': SHARD_CASES,
  'Two logs, two stories': STORY_CASES,
}

/** All of them. */
export const ALL_CASES: readonly TamperingCase[] = Object.values(CHAPTERS).flat()
