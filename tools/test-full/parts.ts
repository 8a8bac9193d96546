/** The parts of `npm run test:full`, in the order in which they run. A new part is one entry here. */

import { ROOMS } from '../mutate/rooms.ts'

/** One part: a check that is too long for CI, as a command that exits with 0 if it passed. */
export interface Part {
  /** The name that `--only` and the page use. Unique. */
  readonly name: string
  /** What the part shows, as a sentence for the page. */
  readonly shows: string
  /** The program, found in `node_modules/.bin` or on the PATH, and its arguments. */
  readonly command: readonly string[]
  /** The size of a run, in the unit that the last words of `shows` name. */
  readonly size: PartSize
}

/** The size of a full run, and of a dry run, which shows only that the part still works. */
interface PartSize {
  readonly full: number
  readonly dry: number
  /** The environment variable from which the part reads its size. Without it, the size is the last argument of the command. */
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
    shows: 'Random operations over random worlds have the same answer as from one database. Cases per property.',
    command: ['vitest', 'run', 'tests/oracle'],
    size: { full: 10_000, dry: 5, variable: 'ISTMO_ORACLE_RUNS' },
  },
  {
    name: 'all',
    shows:
      'All tests on embedded databases, with all random cases and kills. CI does one part of four of them. It does one of so many parts.',
    command: ['vitest', 'run'],
    size: { full: 1, dry: 100, variable: 'ISTMO_CI_SHARE' },
  },
  {
    name: 'moved-clock',
    shows:
      'All tests, with the demo and the pack of an auditor, pass at the end of a year and of a month, on 29 February, and a year and five years from now (libfaketime). Moments.',
    command: ['node', 'tools/test-full/moved-clock.ts'],
    size: { full: 5, dry: 1 },
  },
  {
    name: 'on-server',
    shows:
      'All tests that use a database, on a PostgreSQL server, also those that CI ran on an embedded one. It does one of so many parts.',
    command: ['node', 'tools/test-full/on-server.ts'],
    size: { full: 1, dry: 100, variable: 'ISTMO_CI_SHARE' },
  },
  {
    name: 'failover',
    shows:
      'A proof that was used before the shared database failed over to a standby that lagged is not accepted after it. PostgreSQL of Debian’s packages. Failovers.',
    command: ['vitest', 'run', 'tests/limits/failover.test.ts'],
    size: { full: 10, dry: 1, variable: 'ISTMO_FAILOVERS' },
  },
  {
    name: 'independent',
    shows:
      'The independent checker says of each log that was tampered with what docs/tampering.md says. It does one of so many parts.',
    command: ['vitest', 'run', '--config', 'tests/independent/vitest.config.ts'],
    size: { full: 1, dry: 100, variable: 'ISTMO_CI_SHARE' },
  },
  {
    name: 'check',
    shows:
      'Node, gateway and `istmo check` refuse the SDLs that demand less than the contract and no others, and each planted fault is found once. Each SDL of so many.',
    command: ['vitest', 'run', 'tests/check'],
    size: { full: 1, dry: 3, variable: 'ISTMO_CHECK_STEP' },
  },
  {
    name: 'fuzz',
    shows:
      'Random operations over random supergraphs agree with graphql-js, and spoiled answers break nothing. Cases per fuzz.',
    command: ['vitest', 'run', 'tests/fuzz'],
    size: { full: 300_000, dry: 100, variable: 'ISTMO_FUZZ_RUNS' },
  },
  {
    name: 'no-fast-ways',
    shows:
      'Whole gateways answer the same without the short way past Apollo Server and without splicing. Cases per property.',
    command: [
      'env',
      'ISTMO_FAST=0',
      'vitest',
      'run',
      'tests/hostile-client',
      'tests/limits',
      'tests/oracle',
      'tests/rights',
      'gateway/main.test.ts',
    ],
    size: { full: 1_000, dry: 5, variable: 'ISTMO_ORACLE_RUNS' },
  },
  {
    name: 'kill',
    shows: 'A gateway that is killed under load has logged each answer that it sent. Kills.',
    command: ['vitest', 'run', 'tests/audit-log/kill.test.ts', 'tests/workers'],
    size: { full: 1_000, dry: 4, variable: 'ISTMO_KILLS' },
  },
  {
    name: 'sync',
    shows: 'A sync that is killed shows the old rows or the new ones, and the next run completes. Kills.',
    command: ['vitest', 'run', 'tests/sync/kill.test.ts'],
    size: { full: 100, dry: 1, variable: 'ISTMO_SYNC_KILLS' },
  },
  {
    name: 'sync-random',
    shows:
      'What sync serves of random old databases is what a plain program works out, whatever was there before. Cases per property.',
    command: [
      'vitest',
      'run',
      'tests/sync/sync.test.ts',
      'tests/sync/repeated-rows.test.ts',
      'tests/sync/server.test.ts',
    ],
    size: { full: 500, dry: 2, variable: 'ISTMO_SYNC_RUNS' },
  },
  {
    name: 'crash',
    shows:
      'A log whose process is killed while it appends, or that breaks at any byte, has each acknowledged entry. Kills.',
    command: ['vitest', 'run', 'tests/audit/crash', 'audit/log/log.test.ts'],
    size: { full: 1_000, dry: 10, variable: 'ISTMO_CRASHES' },
  },
  {
    name: 'onboarding',
    shows:
      'The pages that bring a country in work as they stand, from an old database, from files, and with a service of one’s own. Needs ISTMO_TEST_DATABASE_URL. Languages.',
    command: ['vitest', 'run', 'tests/onboarding'],
    size: { full: 2, dry: 1, variable: 'ISTMO_ONBOARDING_LANGUAGES' },
  },
  {
    name: 'restore-kill',
    shows: 'A backup or a restore of a node that is killed leaves nothing half, and the next run completes it. Kills.',
    command: ['vitest', 'run', 'tests/running/kill.test.ts'],
    size: { full: 100, dry: 2, variable: 'ISTMO_RESTORE_KILLS' },
  },
  {
    name: 'proxy',
    shows:
      'Legs reach a node through nginx (apt-get install nginx libnginx-mod-stream) with the example that `istmo join` writes, which passes TLS through. Legs.',
    command: ['vitest', 'run', 'tests/join/proxy.test.ts'],
    size: { full: 150, dry: 5, variable: 'ISTMO_PROXY_LEGS' },
  },
  {
    name: 'key-kill',
    shows:
      'The key of a log is replaced while its process writes, and the process or the command is killed: no entry is lost, and the next run completes it. Kills.',
    command: ['vitest', 'run', 'tests/log-keys/kill.test.ts'],
    size: { full: 100, dry: 2, variable: 'ISTMO_KEY_KILLS' },
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
    size: { full: 4, dry: 1, variable: 'ISTMO_TEST_PACKS' },
  },
  {
    name: 'console-grid',
    shows:
      'The 14 tasks of docs/console.md are done in a browser in Spanish and English, from 390 × 844 to 1920 × 1080, light and dark, at 200 %, and with reduced motion, by keyboard and by mouse; axe finds nothing serious, and nothing scrolls sideways. Settings.',
    command: ['vitest', 'run', '--config', 'tests/clients/vitest.config.ts', 'tests/browser/tasks'],
    size: { full: 18, dry: 1, variable: 'ISTMO_CONSOLE_SETTINGS' },
  },
  {
    name: 'conformance',
    shows: 'A node that is wrong in one thing is caught by exactly one of all checks of `istmo conformance`. Runs.',
    command: ['vitest', 'run', 'tests/conformance'],
    size: { full: 1, dry: 1, variable: 'ISTMO_CONFORMANCE_RUNS' },
  },
  ...MUTATION_PARTS,
]
