import type { Entry, EntryOf } from './entry.ts'

/** Entries of each kind, for tests. */

const GATEWAY = {
  v: 1,
  id: '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f',
  time: '2026-11-24T20:15:17.123Z',
  gateway: 'istmo.example/gateway',
} as const
const NODE = {
  v: 1,
  id: '019ab7e5-2f41-7c3a-9c1d-3a1b2c3d4e60',
  time: '2026-11-24T20:15:17.121Z',
  node: 'istmo.example/hn',
} as const
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const REF = '1.n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg'
const COMMITMENT = 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg'

const SUSPENSION_ACT = {
  source: null,
  action: 'SUSPENDED',
  what: { kind: 'agency', value: 'GT-MP-FECO' },
  by: 'oversight-hn',
  reason: 'An investigation of the agency.',
  seq: 7,
  statement: HASH,
} as const

const ACTOR = {
  country: 'GT',
  agency: 'GT-MP-FECO',
  role: 'analyst',
  scopes: ['case:read', 'person:read'],
  ref: REF,
  client: 'tf-console',
  tokenId: '6f1d2c3b',
  tokenHash: HASH,
  statementHash: HASH,
  assurance: '2',
} as const

const GROUNDS = {
  taskForce: 'jtf-2026-03',
  purpose: 'INVESTIGATION',
  legalBasis: ['UN:XVIII-12#27'],
  caseRef: REF,
} as const

const OPERATION = {
  name: 'Cases',
  documentHash: HASH,
  variables: COMMITMENT,
  cost: 21,
  graph: HASH,
} as const

/** An entry that a log of any owner may have: here HN's. */
const OWNED = { v: 1, id: NODE.id, time: NODE.time, origin: NODE.node } as const

const PERSON = { name: 'auditor-7', source: 'DESK' } as const

const RECIPIENT = { kind: 'COURT', name: 'Juzgado Primero de Letras Penal', country: 'HN' } as const

const COLLECTED = {
  country: 'HN',
  source: 'mp-case-management',
  by: PERSON,
  legalBasis: ['HN:DL-96-2014'],
  mapping: HASH,
  rows: [{ type: 'Case', read: 120, created: 100, changed: 15, deleted: 0, rejected: 5 }],
  result: 'PARTLY',
} as const

const COPIED = { country: 'HN', by: PERSON, manifest: HASH, rows: 120, entries: 8 } as const

/** By whose word the caller of the leg is known. */
const CALLER = {
  authority: 'https://authority.gt.example',
  tokenId: '4f8b7c6d',
  tokenHash: HASH,
  mandate: HASH,
  question: HASH,
} as const

/** A request that HN answered partly. */
export const SAMPLE_REQUEST: EntryOf<'request'> = {
  ...GATEWAY,
  kind: 'request',
  traceId: null,
  actor: ACTOR,
  grounds: GROUNDS,
  operation: OPERATION,
  coordinates: ['Case.id', 'Query.cases', 'Query.cases(first:)'],
  legs: [
    {
      country: 'HN',
      domain: 'cases',
      access: HASH,
      policySet: HASH,
      granted: { scopes: ['case:read'], policies: [] },
      reach: 'ANSWERED',
      code: 'PARTLY_DENIED',
      tokenHash: HASH,
      caller: CALLER,
      operationHash: HASH,
      requestHash: HASH,
      responseHash: HASH,
      records: { count: 2, hash: HASH },
      receipt: { origin: 'istmo.example/hn', index: 7, size: 8, checkpoint: HASH, leaf: HASH },
    },
  ],
  denied: [{ coordinate: 'Case.narrative', kind: 'POLICY', country: 'HN' }],
  result: { status: 200, codes: ['FORBIDDEN_BY_COUNTRY'], durationMs: 12, isHangup: false, isDryRun: false },
  continuations: 0,
}

/** The same request in the form of version 2: the request, and HN's part of it. */
export const SAMPLE_SPLIT: readonly [EntryOf<'request'>, EntryOf<'continuation'>] = [
  { ...SAMPLE_REQUEST, v: 2, id: `${GATEWAY.id.slice(0, -1)}a`, legs: [], denied: [], continuations: 1 },
  {
    ...GATEWAY,
    ...{ v: 2, kind: 'continuation', id: `${GATEWAY.id.slice(0, -1)}b`, of: `${GATEWAY.id.slice(0, -1)}a`, part: 1 },
    ...{ country: 'HN', seq: 1, coordinates: [], legs: SAMPLE_REQUEST.legs, denied: SAMPLE_REQUEST.denied },
  },
]

/** The same leg in HN's own log. */
export const SAMPLE_LEG: EntryOf<'leg'> = {
  ...NODE,
  v: 2,
  kind: 'leg',
  country: 'HN',
  domain: 'cases',
  gateway: 'istmo',
  tokenId: '9a8b7c6d',
  tokenHash: HASH,
  requestId: GATEWAY.id,
  // The token of a leg has only the scopes that the leg's rules require.
  actor: { ...ACTOR, scopes: ['case:read'], tokenId: null },
  grounds: GROUNDS,
  caller: CALLER,
  operationHash: HASH,
  requestHash: HASH,
  responseHash: HASH,
  coordinates: ['Case.id', 'Query.cases'],
  moreCoordinates: 0,
  access: HASH,
  policySet: HASH,
  result: { status: 200, code: null, denied: [] },
  records: { count: 2, hash: HASH },
  details: 1,
}

const COUNTS = { ownSize: 8, otherSize: 9, matched: 6, gatewayOnly: 0, countryOnly: 1, hashesDiffer: 0 } as const

/** An entry of GT's mandate authority. */
const AUTHORITY = { v: 1, id: NODE.id, time: NODE.time, origin: 'authority.gt.example' } as const

const SHARE = { key: COMMITMENT, share: 'eyJ9..aXY.Y3Q.dGFn' } as const
const MANDATE_ACT = { mandate: COMMITMENT, document: HASH, person: COMMITMENT, key: COMMITMENT } as const

/** The approval of a mandate, in the log of GT's mandate authority. */
export const SAMPLE_MANDATE_ENTRY: EntryOf<'mandate'> = { ...AUTHORITY, kind: 'mandate', ...MANDATE_ACT }

const GRANT = { gateway: 'https://gateway.example', mandate: COMMITMENT } as const
const TOKEN = { tokenId: '4f8b7c6d', expires: '2026-11-24T20:25:17.000Z' } as const

/** What a mandate authority's log has about itself and its tokens. */
const AUTHORITY_SAMPLES: readonly Entry[] = [
  { ...AUTHORITY, kind: 'authority-start', country: 'GT', version: '0.1.0', keys: [COMMITMENT], repairs: [] },
  {
    ...{ ...AUTHORITY, kind: 'authority-refusals', minute: '2026-11-24T20:15:00.000Z' },
    ...{ code: 'CLIENT_UNKNOWN', count: 3 },
  },
  {
    ...{ ...AUTHORITY, kind: 'access-token', officer: REF, provider: 'https://login.example', client: 'tf-console' },
    ...{ agency: 'GT-MP-FECO', role: 'analyst', assurance: '2', scopes: ['case:read'], isBound: true },
    ...{ ...GRANT, ...TOKEN },
  },
  {
    ...{ ...AUTHORITY, kind: 'country-token', officer: REF, grant: TOKEN.tokenId, country: 'HN' },
    ...{ ...GRANT, scopes: ['case:read'], question: 'question-1', tokenId: '9a8b7c6d', expires: TOKEN.expires },
  },
  {
    ...{ ...AUTHORITY, kind: 'token-refusal', client: 'tf-console', asked: 'COUNTRY_TOKEN', reason: 'SUSPENDED' },
    ...{ officer: REF, grant: TOKEN.tokenId, country: 'HN', mandate: COMMITMENT },
  },
  {
    ...{ ...AUTHORITY, kind: 'export', officer: REF, grant: TOKEN.tokenId, client: 'tf-console', ...GRANT },
    ...{ requests: [GATEWAY.id], format: 'csv', rows: 12, digest: HASH },
  },
  { ...AUTHORITY, kind: 'authority-stop', country: 'GT' },
]

/** What joins the parts of a log: of its keys, and of its shards. */
const JOINING_SAMPLES: readonly Entry[] = [
  {
    ...{ ...OWNED, kind: 'key-rotation', reason: 'ROUTINE' },
    oldKey: `${OWNED.origin}+0a1b2c3d+AQ${'A'.repeat(42)}`,
    newKey: `${OWNED.origin}+4e5f6a7b+AQ${'B'.repeat(42)}`,
  },
  { ...OWNED, kind: 'shard-end', next: `${OWNED.origin}/2026-12` },
  {
    ...{ ...OWNED, kind: 'shard-start', origin: `${OWNED.origin}/2026-12` },
    previous: { origin: OWNED.origin, size: 8, root: `${'A'.repeat(43)}=`, checkpoint: 'the note' },
  },
]

/** One entry of each kind. */
export const SAMPLE_ENTRIES: readonly Entry[] = [
  SAMPLE_REQUEST,
  { ...GATEWAY, kind: 'continuation', of: GATEWAY.id, part: 1, coordinates: ['Case.title'], legs: [], denied: [] },
  ...SAMPLE_SPLIT,
  { ...GATEWAY, kind: 'refusals', minute: '2026-11-24T20:15:00.000Z', code: 'TOKEN_INVALID', count: 31 },
  { ...GATEWAY, kind: 'refusals', actor: ACTOR, minute: '2026-11-24T20:15:00.000Z', code: 'RATE_LIMITED', count: 410 },
  {
    ...GATEWAY,
    kind: 'misuse',
    requestId: GATEWAY.id,
    actor: ACTOR,
    code: 'PROOF_INVALID',
    misuse: 'PROOF_REPLAYED',
    count: 12,
    since: '2026-11-24T20:15:00.000Z',
    until: '2026-11-24T20:15:59.000Z',
  },
  {
    ...GATEWAY,
    kind: 'graph',
    graph: HASH,
    countries: [{ country: 'HN', access: HASH, policySet: HASH }],
    result: 'SERVED',
    code: null,
  },
  { ...GATEWAY, kind: 'start', version: '0.1.0', repairs: [] },
  { ...GATEWAY, kind: 'stop' },
  { ...GATEWAY, v: 2, kind: 'start', version: '0.1.0', repairs: [], counts: { HN: 7 } },
  { ...GATEWAY, v: 3, kind: 'start', version: '0.1.0', repairs: [], counts: {}, worker: { number: 2, of: 3 } },
  { ...GATEWAY, kind: 'heartbeat', counts: { HN: 7, SV: 3 } },
  { ...GATEWAY, v: 2, kind: 'stop', counts: {} },
  { ...GATEWAY, kind: 'suspension', country: 'HN', domain: null, action: 'SUSPENDED', by: null },
  { ...GATEWAY, v: 2, kind: 'suspension', ...SUSPENSION_ACT },
  { ...GATEWAY, kind: 'publication', country: 'HN', domain: 'cases', sdl: HASH, result: 'PUBLISHED', code: null },
  { ...GATEWAY, kind: 'salt-erasure', erased: GATEWAY.id, reason: 'RETENTION' },
  {
    ...GATEWAY,
    kind: 'oversight',
    channel: 'GRAPHQL',
    actor: ACTOR,
    grounds: { ...GROUNDS, purpose: 'OVERSIGHT', caseRef: null },
    country: 'GT',
    operation: OPERATION,
    entries: 20,
  },
  {
    ...GATEWAY,
    v: 2,
    kind: 'oversight',
    channel: 'WHO_SAW',
    actor: null,
    grounds: null,
    country: 'HN',
    operation: null,
    entries: 3,
    reader: PERSON,
    reason: 'complaint 2026-117',
    logs: ['istmo.example/hn'],
    sought: { options: ['from', 'record'], values: COMMITMENT },
    recipient: RECIPIENT,
  },
  { ...OWNED, kind: 'import', ...COLLECTED },
  {
    ...OWNED,
    kind: 'sync',
    ...COLLECTED,
    since: '2026-11-23T00:00:00.000Z',
    until: '2026-11-24T00:00:00.000Z',
  },
  {
    ...OWNED,
    kind: 'disclosure',
    channel: 'CONSOLE_EXPORT',
    actor: ACTOR,
    by: null,
    grounds: GROUNDS,
    recipient: RECIPIENT,
    requestIds: [GATEWAY.id],
    records: 12,
    format: 'csv',
    content: COMMITMENT,
  },
  {
    ...OWNED,
    kind: 'record-erasure',
    country: 'HN',
    by: PERSON,
    reason: 'COURT_ORDER',
    legalBasis: ['HN:DL-170-2006#12'],
    rows: [{ type: 'Person', deleted: 1 }],
    refs: [REF],
    approvals: [NODE.id],
  },
  {
    ...OWNED,
    kind: 'prune',
    by: PERSON,
    before: '2025-01-01T00:00:00.000Z',
    minimumIndex: 1_024,
    held: [{ from: 256, until: 512 }],
    holds: HASH,
    size: 4_000,
    root: HASH,
  },
  {
    ...OWNED,
    kind: 'approval',
    act: 'PRUNE',
    subject: HASH,
    by: PERSON,
    decision: 'APPROVED',
    statementHash: null,
    until: '2026-11-25T00:00:00.000Z',
  },
  {
    ...OWNED,
    kind: 'time-stamp',
    size: 8,
    checkpoint: HASH,
    token: HASH,
    authority: 'tsa.example',
    stampedAt: '2026-11-24T20:15:18.000Z',
    serial: '0a1b',
  },
  { ...OWNED, kind: 'backup', ...COPIED, files: 24, hasKeys: true, hasSalts: false },
  { ...OWNED, kind: 'restore', ...COPIED, madeAt: '2026-11-23T02:00:00.000Z', log: 'OF_NODE' },
  { ...GATEWAY, kind: 'reconciliation', with: 'istmo.example/hn', country: 'HN', ...COUNTS, result: 'DOES_NOT_HOLD' },
  SAMPLE_LEG,
  { ...NODE, kind: 'leg-detail', of: NODE.id, part: 1, refs: [REF, REF], coordinates: [] },
  {
    ...NODE,
    kind: 'node-refusals',
    country: 'HN',
    minute: '2026-11-24T20:15:00.000Z',
    code: 'TOKEN_INVALID',
    count: 2,
  },
  { ...NODE, kind: 'node-start', country: 'HN', domains: ['cases'], access: HASH, policySet: HASH, repairs: [] },
  {
    ...{ ...NODE, v: 2, kind: 'node-start', country: 'HN', domains: ['cases'], access: HASH, policySet: HASH },
    ...{ repairs: [], keyCheck: REF },
  },
  { ...NODE, kind: 'node-rules', country: 'HN', access: HASH, policySet: HASH },
  { ...NODE, kind: 'node-suspension', country: 'HN', ...SUSPENSION_ACT, source: 'https://authority.gt.example' },
  { ...NODE, kind: 'node-stop', country: 'HN' },
  { ...NODE, kind: 'node-heartbeat', country: 'HN' },
  { ...NODE, kind: 'node-reconciliation', country: 'HN', with: 'istmo.example/gateway', ...COUNTS, result: 'UNKNOWN' },
  { ...AUTHORITY, kind: 'mandate-draft', ...MANDATE_ACT },
  SAMPLE_MANDATE_ENTRY,
  { ...AUTHORITY, kind: 'mandate-revocation', ...MANDATE_ACT },
  { ...AUTHORITY, kind: 'person-hash', person: COMMITMENT },
  { ...AUTHORITY, kind: 'authority-suspension', ...SUSPENSION_ACT },
  { ...AUTHORITY, kind: 'mandate-refusal', act: 'APPROVE', reason: 'SAME_PERSON', person: COMMITMENT, mandate: null },
  {
    ...AUTHORITY,
    kind: 'officer-seal',
    officer: REF,
    sealed: 'eyJ9..aXY.Y3Q.dGFn',
    authority: SHARE,
    auditors: [SHARE],
  },
  {
    ...AUTHORITY,
    kind: 'reveal',
    officer: REF,
    seal: AUTHORITY.id,
    about: { kind: 'TOKEN', value: 'f81d4fae', audience: null },
    auditor: 'auditor-gt',
    key: COMMITMENT,
    request: COMMITMENT,
    reason: 'order 77/2026',
    approver: REF,
  },
  {
    ...AUTHORITY,
    kind: 'reveal-refusal',
    reason: 'KEY_NOT_PINNED',
    auditor: null,
    key: COMMITMENT,
    request: null,
    approver: REF,
  },
  ...AUTHORITY_SAMPLES,
  ...JOINING_SAMPLES,
]
