import { z } from 'zod'
import {
  ACTOR,
  APPROVALS,
  COMMITMENT,
  COUNT,
  COUNTRY,
  ENTRY_ID,
  ERASURE_REASONS,
  entriesOf,
  GROUNDS,
  LABEL,
  OPERATION,
  PERSON,
  PSEUDONYM,
  RECIPIENT,
  SHA256,
  TIME,
} from './parts.ts'

/**
 * The entries about what people do with the data and with the logs, besides asking: they bring data in, take data out, delete, read logs,
 * and approve each other's acts. Directive (EU) 2016/680, article 25, requires entries of collection, alteration, consultation,
 * disclosure (including transfers), combination and erasure; of a consultation or disclosure it must be possible to find the
 * justification, the date and time, the person, and the recipients (docs/coverage.md shows which entry answers what). Logs of all
 * owners have these entries in the same form: `origin` is the name of the log.
 */

/** The most refs of deleted records in one entry. */
const MAX_DELETED_REFS = 900

/** How an act ended. `PARTLY`: some rows were rejected. `FAILED`: nothing was changed. */
const RESULT = z.enum(['DONE', 'PARTLY', 'FAILED'])

/** How many rows of one kind of record an import read, created, changed, deleted and rejected. */
const IMPORTED_ROWS = z
  .strictObject({
    /** The kind of record, such as `Case` or the name of a table. */
    type: LABEL,
    read: COUNT,
    created: COUNT,
    changed: COUNT,
    deleted: COUNT,
    rejected: COUNT,
  })
  .readonly()

/** What imports and syncs say. The rows themselves are not in the log, nor a hash of them: it could be confirmed by guessing. */
const COLLECTED = {
  country: COUNTRY,
  /** A label of where the data came from, such as `mp-case-management`. Never an address with a password. */
  source: LABEL,
  by: PERSON,
  /** Why the data may be collected: labels of laws or agreements. */
  legalBasis: z.array(LABEL).readonly(),
  /** SHA-256 of the mapping from the source to the domains, which is in the content store. Null if a program of ours maps. */
  mapping: SHA256.nullable(),
  rows: z.array(IMPORTED_ROWS).max(200).readonly(),
  ...APPROVALS,
  result: RESULT,
} as const

/** How data left the system other than as the answer to a request. */
export const DISCLOSURE_CHANNELS = ['CONSOLE_EXPORT', 'PRINT', 'REPORT', 'CASE_FILE', 'OTHER'] as const

/** A run of entries that stay although older ones go: from `from`, up to but not including `until`. */
const HELD_RANGE = z.strictObject({ from: COUNT, until: COUNT }).readonly()

/** The acts that a second person may have to approve. */
export const APPROVED_ACTS = ['IMPORT', 'DISCLOSURE', 'ERASURE', 'PRUNE', 'SUSPENSION', 'ROTATION', 'OTHER'] as const

/** What the entries about copies of a whole node say: counts and the hash of the copy's manifest, and nothing of what is in it. */
const COPIED = {
  country: COUNTRY,
  by: PERSON,
  /** SHA-256 of the manifest of the backup, which has the hash of each file. */
  manifest: SHA256,
  /** How many rows of the country's tables are in it. Null if they were left out. */
  rows: COUNT.nullable(),
  /** How many entries of the present shard of this log are in it. */
  entries: COUNT,
} as const

/** How an audit log was read: with a token at `/audit/graphql`, or with one of the commands on a machine. */
export const READING_CHANNELS = [
  'GRAPHQL',
  'EXPORT',
  'SEARCH',
  'WHO_SAW',
  'WAS_ALLOWED',
  'DERIVE',
  'PROVE',
  'REPORT',
  // Of a command that is gone: old logs have it.
  'COVERAGE',
  'REVEAL',
] as const

/** Why the owner of a log replaced its key. */
export const ROTATION_REASONS = ['ROUTINE', 'HOLDER_LEFT', 'KEY_EXPOSED', 'OTHER'] as const

/** A verifier key of a C2SP signed note. */
const VERIFIER_KEY = z.string().regex(/^[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/, 'expected a verifier key')

const entry = entriesOf({ origin: LABEL })

/** All of them. */
export const OPERATOR_ENTRIES = [
  /** Somebody brought data into the country's database: a collection, and an alteration where rows were changed. */
  entry('import', { ...COLLECTED }),
  /** A program took the changes of a source over, without a person: `by` is the person who is responsible for the program. */
  entry('sync', {
    ...COLLECTED,
    /** The span of the source's changes: `since` is included, `until` is not. */
    since: TIME,
    until: TIME,
  }),
  /**
   * Somebody gave data on to a recipient: a file from the console, a print, a case file. The answer to a request is not here; its entry is
   * `request`, and the recipient is its caller.
   */
  entry('disclosure', {
    channel: z.enum(DISCLOSURE_CHANNELS),
    /** Who gave it: a caller of the gateway, or a person at a machine. At least one of both is given. */
    actor: ACTOR.nullable(),
    by: PERSON.nullable(),
    grounds: GROUNDS.nullable(),
    recipient: RECIPIENT,
    /** The requests whose answers were given on. */
    requestIds: z.array(ENTRY_ID).max(500).readonly(),
    records: COUNT,
    /** The form of the file, such as `csv`. */
    format: LABEL,
    /** Commitment to the bytes of the file under this entry's salt. Null if the file was not seen by the one who wrote the entry. */
    content: COMMITMENT.nullable(),
    ...APPROVALS,
  }).refine(({ actor, by }) => actor !== null || by !== null, 'expected who gave the data on: actor or by'),
  /** A country deleted records from its database. The refs let an auditor see that a sought record was deleted, and when. */
  entry('record-erasure', {
    country: COUNTRY,
    by: PERSON,
    reason: z.enum(ERASURE_REASONS),
    legalBasis: z.array(LABEL).readonly(),
    rows: z
      .array(z.strictObject({ type: LABEL, deleted: COUNT }).readonly())
      .max(200)
      .readonly(),
    /** Pseudonyms of kind `record` of the deleted records, sorted. Further ones stand in further entries. */
    refs: z.array(PSEUDONYM).max(MAX_DELETED_REFS).readonly(),
    ...APPROVALS,
  }),
  /**
   * The bundles of old entries are about to be deleted, by a rule of retention. The hashes stay, so the tree stays provable (C2SP tlog-tiles,
   * Pruning). The entry is written before the first bundle goes, and a reader accepts no missing bundle without it.
   */
  entry('prune', {
    by: PERSON,
    /** Entries older than this go. */
    before: TIME,
    /** The minimum index of C2SP tlog-tiles: below it, bundles may be missing. A multiple of 256. */
    minimumIndex: COUNT,
    /** The ranges below the minimum index that stay because of a legal hold. */
    held: z.array(HELD_RANGE).max(1_000).readonly(),
    /** SHA-256 of the file of legal holds, or null if there was none. */
    holds: SHA256.nullable(),
    /** The size and the root (SHA-256) of the tree at that moment. */
    size: COUNT,
    root: SHA256,
    ...APPROVALS,
  }),
  /** A person approved, or refused to approve, what another person wants to do. The entry of the act names this entry. */
  entry('approval', {
    act: z.enum(APPROVED_ACTS),
    /** SHA-256 of the text that describes the act, which is in the content store: exactly this was approved and nothing else. */
    subject: SHA256,
    by: PERSON,
    decision: z.enum(['APPROVED', 'REFUSED']),
    /** SHA-256 of the statement that the person signed, if there is one. */
    statementHash: SHA256.nullable(),
    /** Until when the approval may be used. */
    until: TIME.nullable(),
  }),
  /** An authority outside confirmed by a time stamp (RFC 3161) that a checkpoint of this log existed. The token is beside the log. */
  entry('time-stamp', {
    /** The size of the stamped checkpoint, and SHA-256 of its text without signatures, which is what the stamp covers. */
    size: COUNT,
    checkpoint: SHA256,
    /** SHA-256 of the token's bytes (`stamps/<size>.tsr`). */
    token: SHA256,
    /** A label of the authority, and the time and the serial number (hexadecimal digits) in its token. */
    authority: LABEL,
    stampedAt: TIME,
    serial: z.string().regex(/^[0-9a-f]{1,64}$/),
  }),
  /** Somebody made a backup of the country's node: a copy of its rows, its log and perhaps its keys. The entry is written before the copy is complete. */
  entry('backup', {
    ...COPIED,
    files: COUNT,
    /** Whether the secret keys, and the salts of this log, are in it. */
    hasKeys: z.boolean(),
    hasSalts: z.boolean(),
  }),
  /** The node was made of a backup. It writes the entry when it starts for the first time. */
  entry('restore', {
    ...COPIED,
    /** When the backup was made. */
    madeAt: TIME,
    /** Which log the node goes on with: that of the backup, that which the node had until then, or a new one. */
    log: z.enum(['OF_BACKUP', 'OF_NODE', 'NEW']),
  }),
  /**
   * Somebody read an audit log. Version 1 names only a caller with a token (`actor`); version 2 also the person at the machine (`reader`), the log that
   * was read, what was sought and to whom the result goes.
   */
  entriesOf({ gateway: LABEL })(
    'oversight',
    {
      channel: z.enum(READING_CHANNELS),
      /** The caller at `/audit/graphql`; null for a person at a machine. */
      actor: ACTOR.nullable(),
      grounds: GROUNDS.nullable(),
      /** The country whose entries were visible, or null for all. */
      country: COUNTRY.nullable(),
      operation: OPERATION.nullable(),
      /** How many entries were returned; for counts and usage patterns, how many lines. */
      entries: COUNT,
      /** The person at the machine. */
      reader: PERSON.optional(),
      /** Why the person read, in the words of the person's office: the number of a complaint, an order, a routine. */
      reason: LABEL.optional(),
      /** The origins of the logs that were read; empty if only an index was read. */
      logs: z.array(LABEL).max(100).readonly().optional(),
      /** What was sought: the names of the options, sorted, and a commitment to their values under this entry's salt. */
      sought: z
        .strictObject({ options: z.array(LABEL).max(50).readonly(), values: COMMITMENT })
        .readonly()
        .optional(),
      /** To whom the result goes, if it leaves the reader's hands. */
      recipient: RECIPIENT.optional(),
    },
    [1, 2],
  ).refine(
    ({ v, actor, reader }) => v === 1 || actor !== null || reader !== undefined,
    'expected who read the log: actor or reader',
  ),
  /**
   * The owner of a log replaced its signer key. Both keys signed the checkpoint that ends with this entry, and only the new key signs the
   * checkpoints after it (audit/note/rotation.ts). Logs of all owners have it in the same form: `origin` is the name of the log.
   */
  entry('key-rotation', {
    oldKey: VERIFIER_KEY,
    newKey: VERIFIER_KEY,
    reason: z.enum(ROTATION_REASONS),
  }),
  /** The last entry of a shard. `origin` is the shard's, and `next` is the origin of the shard that follows. */
  entry('shard-end', { next: LABEL }),
  /** The first entry of each shard but the first one. `origin` is the shard's. */
  entry('shard-start', {
    /** The shard before it: its origin, and its final checkpoint as it was when this shard began. */
    previous: z
      .strictObject({
        origin: LABEL,
        size: COUNT,
        /** The root in Base 64. */
        root: z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'expected 32 bytes in Base 64'),
        /** The note, with the signatures that it had. */
        checkpoint: z.string().max(20_000),
      })
      .readonly(),
  }),
] as const
