import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { browserModules } from '../tools/browser-modules/browser-modules.ts'
import { wordFiles } from '../tools/browser-modules/word-files.ts'
import { loadAhead } from '../tools/load-ahead/load-ahead.ts'

/** What the first page needs behind its first file: the parts that draw, and the page on which analysts begin. */
const FRAME = ['src/app.tsx', 'src/analyst/begin-page.tsx']

/**
 * Builds the console into `console/dist`: files that the authority of an officer's country serves below `/console/`. Nothing is inline and nothing
 * comes from another address, because the page's content security policy allows neither.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  // The auditor's rooms check proofs with the modules of `audit/`.
  plugins: [browserModules(), wordFiles(), loadAhead(FRAME)],
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The test of the build reads it. It is not served.
    manifest: 'manifest.json',
    // A file that is a part of another as `data:` would not be allowed by the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    sourcemap: false,
    rolldownOptions: {
      // Two files and not thirty: a browser has six connections to a server, and each file is a round trip of one of them.
      output: {
        codeSplitting: {
          groups: [
            { name: 'begin', tags: ['$initial'], priority: 2 },
            { name: 'frame', test: (id) => FRAME.some((module) => id.endsWith(`/console/${module}`)), priority: 1 },
          ],
        },
      },
      // Libraries mark their modules for frameworks with servers. Here everything runs in a browser.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
      },
    },
  },
})
