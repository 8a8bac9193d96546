import { defineConfig } from 'vitest/config'
import { wordFiles } from '../../tools/browser-modules/word-files.ts'
import { ClientsFirst } from '../long-first.ts'
import { PATIENT, PREPARE, QUICK_WASM } from '../usual-config.ts'

/**
 * The tests of client libraries, `npm run test:clients`, and those that need a browser, `npm run test:browser`. They are not part of `npm test`,
 * because a fresh machine has neither the libraries of `package.json` in this folder, nor Debian's packages, nor a browser. All ask one demo
 * (world.ts), and some stop a country. So one file runs at a time, and first those of client libraries, which meet a country that is stopped.
 */
export default defineConfig({
  plugins: [wordFiles()],
  test: {
    ...PATIENT,
    maxWorkers: 1,
    execArgv: QUICK_WASM,
    // As in vitest.config.ts at the root: one process runs all files, and loads each module once.
    isolate: false,
    sequence: { sequencer: ClientsFirst },
    include: ['tests/{browser,clients}/**/*.test.ts'],
    globalSetup: [PREPARE, 'tests/clients/world.ts'],
    setupFiles: [...PATIENT.setupFiles, 'tests/browser/patient-browser.ts'],
  },
})
