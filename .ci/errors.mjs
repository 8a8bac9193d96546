/** A reporter of vitest for `.ci/run`: writes how many errors came outside all tests to the file that ISTMO_CI_ERRORS names. */
import { writeFileSync } from 'node:fs'

// biome-ignore lint/style/noDefaultExport: vitest takes no other.
export default class {
  onTestRunEnd(_, errors) {
    writeFileSync(process.env.ISTMO_CI_ERRORS, String(errors.length))
  }
}
