import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { browserModules } from '../tools/browser-modules/browser-modules.ts'

/**
 * Builds the console into `console/dist`: files that the authority of an officer's country serves below `/console/`. Nothing is inline and nothing
 * comes from another address, because the page's content security policy allows neither.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  // The auditor's rooms check proofs with the modules of `audit/`.
  plugins: [browserModules()],
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
      // Libraries mark their modules for frameworks with servers. Here everything runs in a browser.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
      },
    },
  },
})
