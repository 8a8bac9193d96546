import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongFirst } from './tests/long-first.ts'
import { leftOut } from './tests/second-settings.ts'
import { PATIENT, PREPARE, QUICK_WASM, SEEDED } from './tests/usual-config.ts'
import { wordFiles } from './tools/browser-modules/word-files.ts'

/** The folders whose tests stand beside the code. */
const CODE =
  '{contract,service,composition,gateway,embedding,subgraphs,audit,authority,auditors,joining,cli,clients,console,demo,tools}/**/*.test.{ts,tsx}'

/** Tests beside the code that are too much for `npm run test:unit`, by reason. `tests/unit/forbid-outside.ts` guards the first three. */
const NOT_UNIT = {
  'start a process': [
    'audit/shards/{replace-keys,sharded-log}.test.ts',
    'cli/program.test.ts',
    'demo/importers/not-committed.test.ts',
    'demo/istmo.test.ts',
    'demo/supervisor/supervisor.test.ts',
    'demo/token.test.ts',
    'gateway/audit-log/{audit-log,counts,heartbeat}.test.ts',
    'gateway/process/{bound-garbage,reload}.test.ts',
    'gateway/telemetry/telemetry.test.ts',
    'audit/log/thread.test.ts',
    'audit/salts/salts.test.ts',
    'service/audit-log/recorder.test.ts',
    'service/read-plain-file.test.ts',
    'tools/check-page/check-files.test.ts',
    'subgraphs/kit/audit-log/node-heartbeat.test.ts',
  ],
  'start a server': [
    'audit/verify/verify-log.test.ts',
    'audit/witness/*.test.ts',
    'authority/server.test.ts',
    'authority/console/console-server.test.ts',
    'authority/log/authority-log.test.ts',
    'joining/running/{check-host,judge-log,look-at-log}.test.ts',
    'demo/provider/{attacks,development-login,provider}.test.ts',
    'demo/supervisor/countries.test.ts',
    'gateway/audit-log/witnesses.test.ts',
    'gateway/front/*.test.ts',
    'gateway/leg/leg-sender.test.ts',
    'gateway/main.test.ts',
    'gateway/process/audit-log.test.ts',
    'service/http/{exchange,keep-alive,post}.test.ts',
    'service/http/{listen,operator-server}.test.ts',
    'service/suspensions/*.test.ts',
    'subgraphs/kit/sidecar/upstream.test.ts',
    'subgraphs/kit/leg-token.test.ts',
    'subgraphs/kit/database-place.test.ts',
    'subgraphs/kit/server.test.ts',
  ],
  'open a database': [
    'audit/index/{index,insert-rows}.test.ts',
    'audit/index/record-refs.test.ts',
    'authority/reveal/reveals.test.ts',
    'authority/store/projector.test.ts',
    'demo/commands/import.test.ts',
    'demo/facts/load-facts.test.ts',
    'demo/generator/load-country.test.ts',
    'demo/importers/{columns,importers}.test.ts',
    'gateway/admit/shared-{buckets,sweeps}.test.ts',
    'joining/propose/map-command.test.ts',
    'subgraphs/cases/*.test.ts',
    'subgraphs/kit/{database-time,lists-ahead,migrate,paging,read-as,row-watch,statistics}.test.ts',
    'subgraphs/legal/*.test.ts',
    'subgraphs/persons/{hit-inference,module,name-lexicon,name-pairs,search,upgrade}.test.ts',
  ],
  'take seconds, because they wait for the disk or the clock': [
    'audit/gossip/known-checkpoints.test.ts',
    'authority/suspensions/open-suspensions.test.ts',
    'audit/log/log.test.ts',
    'service/watch-files.test.ts',
  ],
}

const notUnit = Object.values(NOT_UNIT).flat()

/** The packages of other gateways (`npm run bench`), some of which bring their own tests. */
const PEERS = 'bench/gateways/peers/**'

/** The packages of a folder that is not a workspace, such as tools/mutate. */
const PACKAGES = '**/node_modules/**'

/**
 * Stories about the gateway, about suspensions and about services that have their own database, and a test that reads the project's files.
 * They do not run a second time on a PostgreSQL server (`.ci/run`).
 */
const sameOnEachDatabase =
  process.env.ISTMO_TEST_DATABASE_URL === undefined
    ? []
    : [
        'tests/{audit-log,captured,conformance,country-tokens,hostile-client,languages,national-start,sidecar,suspend,workers,check,links,iccs}/**',
        'tests/running/{doctor,rotate}.test.ts',
        'tests/tampering/receipts.test.ts',
        'demo/importers/not-committed.test.ts',
      ]

/** Without a PostgreSQL server there is nothing in it that could fail (`.ci/run` has one). */
const onlyOnServer =
  process.env.ISTMO_TEST_DATABASE_URL === undefined && process.env.ISTMO_ONBOARDING_LANGUAGES === undefined
    ? ['tests/onboarding/onboarding.test.ts']
    : []

/** What only `npm run test:full` runs: it starts processes and databases for some seconds each, and not every machine has nginx. */
const onlyInFull = [
  ...(process.env.ISTMO_RESTORE_KILLS === undefined ? ['tests/running/kill.test.ts'] : []),
  ...(process.env.ISTMO_ONBOARDING_LANGUAGES === undefined ? ['tests/onboarding/others.test.ts'] : []),
  ...(process.env.ISTMO_KEY_KILLS === undefined ? ['tests/log-keys/kill.test.ts'] : []),
  ...(process.env.ISTMO_FAILOVERS === undefined ? ['tests/limits/failover.test.ts'] : []),
  ...(process.env.ISTMO_PROXY_LEGS === undefined ? ['tests/join/proxy.test.ts'] : []),
]

export default defineConfig({
  plugins: [wordFiles()],
  // As Node resolves it: by `module` Vite would load a second copy of graphql beside the one that its dependents load.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }, SEEDED] },
  test: {
    ...PATIENT,
    // One more than the machine of CI has cores: many stories wait for processes, deadlines and disks. With two more, it took a fifth longer.
    maxWorkers: 3,
    execArgv: QUICK_WASM,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        // One context for all files: a fresh one for each took more than half of the time. A unit test leaves nothing behind.
        test: {
          name: 'unit',
          include: [CODE],
          exclude: [...notUnit, PACKAGES],
          setupFiles: ['tests/unit/forbid-outside.ts'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          globalSetup: PREPARE,
          include: [...notUnit, '{tests,bench}/**/*.test.ts'],
          // They need a browser (`npm run test:browser`), the libraries of clients (`npm run test:clients`) and Python (`npm run test:independent`).
          exclude: [
            'tests/browser/**',
            'tests/clients/**',
            'tests/independent/**',
            PEERS,
            PACKAGES,
            ...sameOnEachDatabase,
            ...onlyOnServer,
            ...onlyInFull,
            ...leftOut(process.env),
          ],
          // As above: three processes run all files, one after another, and each loads a module and compiles PGlite once (docs/decisions/0099). A story
          // leaves nothing behind: no server, timer or variable.
          isolate: false,
        },
      },
    ],
  },
})
