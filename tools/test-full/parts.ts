/** The parts of `npm run test:full`, in the order in which they run. A new part is one entry here. */

import { ROOMS } from '../mutate/rooms.ts'

/** One part: what is too long for CI, as a command that ends with code 0 when it passed. */
export interface Part {
  /** What `--only` and the page name it by; unique. */
  readonly name: string
  /** What the part shows, as a sentence for the page. */
  readonly shows: string
  /** The program, found in `node_modules/.bin` or on the PATH, and its arguments. */
  readonly command: readonly string[]
  /** How often the part repeats its cases, in the unit that its sentence names. */
  readonly size: PartSize
}

/** The size of a full run and of a dry run, which shows only that the part still works. */
interface PartSize {
  readonly full: number
  readonly dry: number
  /** The environment variable that the part reads its size from; left out: the size is the last argument. */
  readonly variable?: string
}

/** One part for each room that `npm run mutate` tests. */
const MUTATION_PARTS = Object.entries(ROOMS).map(([room, { minPercent }]): Part => {
  return {
    name: `mutate-${room}`,
    shows: `The unit tests of the room ${room} notice at least ${minPercent} % of the faults that a tool plants. Share of the faults.`,
    command: ['node', 'tools/mutate/mutate.ts', room, '--min', String(minPercent), '--sample'],
    size: { full: 1, dry: 0.05 },
  }
})

/** All parts. Sizes are chosen so that each takes about an hour at most on two cores. */
export const PARTS: readonly Part[] = [
  {
    name: 'oracle',
    shows: 'Random operations over random worlds give the answer of one database. Cases per property.',
    command: ['vitest', 'run', 'tests/oracle'],
    size: { full: 10_000, dry: 5, variable: 'ISTMO_ORACLE_RUNS' },
  },
  {
    name: 'fuzz',
    shows:
      'Random operations over random supergraphs agree with graphql-js, and spoiled answers break nothing. Cases per fuzz.',
    command: ['vitest', 'run', 'tests/fuzz'],
    size: { full: 300_000, dry: 100, variable: 'ISTMO_FUZZ_RUNS' },
  },
  {
    name: 'kill',
    shows: 'A gateway that is killed under load has logged each answer that left it. Kills.',
    command: ['vitest', 'run', 'tests/audit-log/kill.test.ts'],
    size: { full: 1_000, dry: 4, variable: 'ISTMO_KILLS' },
  },
  {
    name: 'soak',
    shows: 'The memory of the gateway stays flat under a mixed load while countries fail. Minutes.',
    command: ['node', 'bench/soak/soak.ts', '--minutes'],
    size: { full: 60, dry: 1 },
  },
  {
    name: 'packs',
    shows: 'Each pack installs without a registry and runs; the node of one answers a gateway. Packs.',
    command: ['vitest', 'run', 'tests/pack'],
    size: { full: 3, dry: 1, variable: 'ISTMO_TEST_PACKS' },
  },
  ...MUTATION_PARTS,
]
