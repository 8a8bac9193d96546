/** Lists what is mutated, and which tests should notice it. */

/** One room: all paths are globs from the root, each of which has a file. Behind a source, lines may be named, as in `a.ts:1-20`. */
export interface Room {
  /** The files whose mutants are made. */
  readonly sources: readonly string[]
  /** The tests that should kill them. A process that a test starts does not run the mutant. */
  readonly tests: readonly string[]
  /** The share of mutants that must be killed or explained, in percent: what `npm run test:full` asks for. */
  readonly minPercent: number
}

/** The rooms that `npm run mutate` can test. A fault in them could show a person’s data to the wrong reader, or hide a record. */
export const ROOMS: Readonly<Record<string, Room>> = {
  authorize: {
    sources: ['gateway/authorize/*.ts'],
    tests: ['gateway/authorize/*.test.ts'],
    minPercent: 100,
  },
  spread: {
    sources: ['gateway/spread/*.ts'],
    tests: ['gateway/spread/*.test.ts'],
    minPercent: 96,
  },
  gather: {
    sources: ['gateway/gather/*.ts'],
    tests: ['gateway/gather/*.test.ts'],
    minPercent: 96,
  },
  guard: {
    sources: ['subgraphs/kit/guard.ts'],
    tests: ['subgraphs/kit/guard.test.ts', 'subgraphs/kit/guard-arguments.test.ts'],
    minPercent: 100,
  },
  merkle: {
    sources: ['audit/merkle/*.ts'],
    tests: ['audit/merkle/*.test.ts'],
    minPercent: 100,
  },
  rows: {
    // Behind the leases stand the counts of a database, which these tests do not open.
    sources: ['subgraphs/kit/row-batch.ts', 'subgraphs/kit/row-counts.ts:1-171'],
    tests: ['subgraphs/kit/row-batch.test.ts', 'subgraphs/kit/row-leases.test.ts'],
    minPercent: 92,
  },
  shards: {
    sources: ['audit/shards/check-links.ts'],
    tests: ['audit/shards/check-links.test.ts'],
    minPercent: 97,
  },
}

/**
 * The environment of the tests: fewer random cases, and the same ones for each mutant. So a mutant that only another seed would kill is
 * a survivor.
 */
export const TEST_ENVIRONMENT = { ISTMO_ORACLE_RUNS: '10', ISTMO_PROPERTY_SEED: '1' } as const
