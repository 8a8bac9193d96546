import counts from '../documents/oversight/counts.graphql?raw'
import entries from '../documents/oversight/entries.graphql?raw'
import entry from '../documents/oversight/entry.graphql?raw'
import entryWords from '../documents/oversight/entry-words.graphql?raw'

import mandateActs from '../documents/oversight/mandate-acts.graphql?raw'
import patterns from '../documents/oversight/patterns.graphql?raw'
import reportCounts from '../documents/oversight/report-counts.graphql?raw'
import viewer from '../documents/oversight/viewer.graphql?raw'
import whoSaw from '../documents/oversight/who-saw.graphql?raw'
import type { OversightDocument } from './ask-oversight.ts'

/**
 * What the auditor's rooms ask of oversight (auditors/oversight/schema.graphql). Oversight takes any document; it may have no fragments, at most ten fields of
 * `Query` and 200 fields.
 */
export const DOCUMENTS = {
  counts,
  entries,
  entry,
  entryWords,
  mandateActs,
  patterns,
  reportCounts,
  viewer,
  whoSaw,
} as const satisfies Readonly<Record<OversightDocument, string>>
